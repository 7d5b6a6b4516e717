// Versions and drafts by id, each with its pages as the graph has them.
// scan: sorts the pages of one version at a time.
// $after, $end: string, ids that enclose what is asked; $first: int
MATCH (a:Entity)
WHERE a.id > $after AND a.id < $end
WITH a ORDER BY a.id LIMIT $first
RETURN collect({
  id: a.id, state: a.state, version: a.version, index: a.index, digest: a.digest, size: a.size,
  file_count: a.file_count, since: a.since, collection_id: a.collection_id, purge_at: a.purge_at,
  swept: EXISTS { (u:UploadPrefix) WHERE u.draft_id = a.id },
  project_id: a.project_id, list_key: a.list_key, name_key: a.name_key,
  collections: COLLECT {
    MATCH (a)-[:VERSION_OF]->(c) RETURN {id: c.id, project_id: c.project_id, name: c.name}
  },
  pages: COLLECT {
    MATCH (a)-[has:HAS_PAGE]->(p:ManifestPage)
    WITH has, p ORDER BY has.position
    RETURN {
      position: has.position, digest: p.digest, state: p.state, count: p.count, size: p.size
    }
  }
}) AS rows
