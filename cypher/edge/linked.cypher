// Whether one entity is linked to another in a role: a row if so.
// $source, $target, $role: string
MATCH (x:Entity {id: $source})-[e:LINKED_TO {role: $role}]->(:Entity {id: $target})
WHERE e.until IS NULL
RETURN x.id AS id
