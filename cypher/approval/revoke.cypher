// Closes what a user said of a version under a name.
// $id, $name, $by: string; $seq: int
MATCH (:Artifact:Entity {id: $id})<-[:APPROVES]-(it:Approval {name: $name, by: $by})
WHERE it.until IS NULL
SET it.until = $seq
