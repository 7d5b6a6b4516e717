// One page of the committed versions of a collection, oldest first.
// $after, $end: string, keys that enclose the page; $first: int
MATCH (a:Artifact)
WHERE a.collection_key > $after AND a.collection_key < $end
WITH a ORDER BY a.collection_key LIMIT $first
MATCH (a)-[:VERSION_OF]->(c:ArtifactCollection)
RETURN collect({
  id: a.id, project_id: a.project_id, collection_id: a.collection_id, name: c.name, type: c.type,
  index: a.index, version: a.version, state: a.state, digest: a.digest, size: a.size,
  file_count: a.file_count, description: a.description, metadata: a.metadata, tags: a.tags,
  since: a.since, created_at: a.created_at, created_by: a.created_by,
  committed_at: a.committed_at, updated_at: a.updated_at
}) AS rows
