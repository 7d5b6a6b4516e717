// Overwrites the parameters of a locked run.
// $id: string; $properties: map
MATCH (r:Run:Entity {id: $id})
SET r += $properties
