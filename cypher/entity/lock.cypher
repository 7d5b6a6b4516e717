// Locks an entity of any kind.
// $id: string
MATCH (n:Entity {id: $id})
SET n.lock = $id
