// The entries that a draft was given, in no order.
// $id: string
MATCH (a:Artifact:Entity {id: $id})<-[:OF]-(f:DraftFiles)
RETURN collect({entries: f.entries}) AS rows
