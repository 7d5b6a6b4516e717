// The entries that a draft was given, in the order given.
// scan: sorts the batches of one draft.
// $id: string
MATCH (a:Artifact:Entity {id: $id})<-[:OF]-(f:DraftFiles)
WITH f ORDER BY f.number
RETURN collect({entries: f.entries}) AS rows
