// Deletes locked versions, whose bytes stay until $purge_at; their aliases point nowhere then. A
// Revision keeps the state that they had until $seq.
// $ids: [string]; $by, $before, $after: string; $seq, $at, $purge_at: int
UNWIND $ids AS id
MATCH (a:Artifact:Entity {id: id})
SET a.state = 'DELETED', a.deleted = $seq, a.deleted_at = $at, a.deleted_by = $by,
  a.purge_at = $purge_at, a.expires_at = null, a.updated_at = $at, a.updated_by = $by
CREATE (:Revision {
  subject_id: id, until: $seq, at: $at, by: $by, before: $before, after: $after
})-[:REVISES]->(a)
WITH a
MATCH (a)<-[old:CURRENT]-(alias:Alias)
CREATE (alias)-[:WAS {since: old.since, until: $seq}]->(a)
DELETE old
