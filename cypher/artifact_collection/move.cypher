// Moves a locked collection, its versions and its locked drafts into another project, and in its
// lists. The ledger remembers when something was moved last.
// $id, $project_id, $organization_id: string; $seq: int
MATCH (l:Ledger {organization_id: $organization_id})
SET l.moved = $seq
WITH l
MATCH (c:ArtifactCollection:Entity {id: $id})
CALL (c) {
  RETURN c AS n
  UNION ALL
  MATCH (n:Artifact)-[:VERSION_OF]->(c)
  RETURN n
}
SET n.project_id = $project_id
WITH n WHERE n.named_since IS NOT NULL
MATCH (f:FormerName {subject_id: n.id, since: n.named_since})
SET f.until = $seq, n.named_since = $seq, n.listed_since = $seq,
  n.list_key = $project_id + '|' + split(n.list_key, '|')[1],
  n.name_key = $project_id + substring(n.name_key, size(split(n.name_key, '|')[0]))
