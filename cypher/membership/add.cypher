// Makes an artifact a member of a locked model or dataset; the edge of an earlier stage is closed.
// $container_id, $artifact_id, $role, $by: string; $stage: string or null; $index, $seq, $at: int
MATCH (c:Entity {id: $container_id})
SET c.next_index = CASE WHEN $index < coalesce(c.next_index, 0) THEN c.next_index ELSE $index + 1 END
WITH c
MATCH (a:Artifact:Entity {id: $artifact_id})
CALL (c, a) {
  MATCH (a)-[old:LINKED_TO {role: $role}]->(c)
  WHERE old.until IS NULL
  SET old.until = $seq
}
CREATE (a)-[e:LINKED_TO {role: $role, index: $index, since: $seq, at: $at, by: $by}]->(c)
SET e.stage = $stage
