// Overwrites properties of an entity; a Revision keeps what they were until $seq, and became.
// $id, $by, $before, $after: string; $seq, $at: int; $properties: map
MATCH (n:Entity {id: $id})
SET n += $properties, n.updated_at = $at, n.updated_by = $by
CREATE (:Revision {
  subject_id: $id, until: $seq, at: $at, by: $by, before: $before, after: $after
})-[:REVISES]->(n)
