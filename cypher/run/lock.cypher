// Locks a run.
// $id: string
MATCH (r:Run:Entity {id: $id})
SET r.lock = $id
