// Links one entity to another in a role, in which it is not linked to it yet.
// $source, $target, $role, $by: string; $seq, $at: int
MATCH (x:Entity {id: $source})
CALL (x) {
  MATCH (y:Entity {id: $target})
  CREATE (x)-[:LINKED_TO {role: $role, since: $seq, at: $at, by: $by}]->(y)
}
