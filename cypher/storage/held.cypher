// The bytes that the versions of each of these hold in the store, deleted ones until they are purged
// included, and how many of them no other version holds that the viewer sees. A version, a collection
// or a project stands for all versions in it.
// $ids: [string]; $projects: [string] or null for all
UNWIND $ids AS id
CALL (id) {
  MATCH (a:Artifact:Entity {id: id}) RETURN a
  UNION
  MATCH (:ArtifactCollection:Entity {id: id})<-[:VERSION_OF]-(a:Artifact) RETURN a
  UNION
  MATCH (a:Artifact) WHERE a.list_key > id + '|' AND a.list_key < id + '}' RETURN a
}
MATCH (a)-[:HAS_PAGE]->(p:ManifestPage)
WITH id, p, count(a) AS inside
WITH id, p, COUNT { (p)<-[:HAS_PAGE]-() } > inside AND ($projects IS NULL OR EXISTS {
  MATCH (p)<-[:HAS_PAGE]-(other:Artifact)
  WHERE NOT id IN [other.id, other.collection_id, other.project_id] AND other.project_id IN $projects
}) AS shared
WITH id, collect({page: p, shared: shared}) AS pages
CALL (id, pages) {
  UNWIND pages AS held
  WITH id, held.page AS p, held.shared AS shared
  MATCH (p)-[:LISTS]->(b:Blob)
  WITH id, b, count(p) AS inside, max(CASE WHEN shared THEN 1 ELSE 0 END) = 1 AS shared
  WITH b, shared OR (COUNT { (b)<-[:LISTS]-() } > inside AND EXISTS {
    MATCH (b)<-[:LISTS]-(:ManifestPage)<-[:HAS_PAGE]-(other:Artifact)
    WHERE NOT id IN [other.id, other.collection_id, other.project_id]
      AND ($projects IS NULL OR other.project_id IN $projects)
  }) AS shared
  RETURN coalesce(sum(b.size), 0) AS contents,
    coalesce(sum(CASE WHEN shared THEN 0 ELSE b.size END), 0) AS own_contents
}
RETURN collect({
  id: id,
  bytes: contents + reduce(s = 0, held IN pages | s + coalesce(held.page.bytes, 0)),
  exclusive: own_contents +
    reduce(s = 0, held IN pages | s + CASE WHEN held.shared THEN 0 ELSE coalesce(held.page.bytes, 0) END)
}) AS rows
