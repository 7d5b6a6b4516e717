// Links one entity to another in a role, unless it is so linked already.
// $source, $target, $role, $by: string; $seq, $at: int
MATCH (x:Entity {id: $source})
CALL (x) {
  MATCH (y:Entity {id: $target})
  WHERE NOT EXISTS {
    MATCH (x)-[e:LINKED_TO {role: $role}]->(y) WHERE e.until IS NULL
  }
  CREATE (x)-[:LINKED_TO {role: $role, since: $seq, at: $at, by: $by}]->(y)
  RETURN y
}
RETURN x.id AS id
