// Approves a version; what the same user said of it under the same name before is closed.
// $id, $name, $note, $by: string; $seq, $at: int
MATCH (a:Artifact:Entity {id: $id})
FOREACH (old IN [
  (a)<-[:APPROVES]-(it:Approval) WHERE it.until IS NULL AND it.name = $name AND it.by = $by | it
] | SET old.until = $seq)
CREATE (:Approval {name: $name, note: $note, by: $by, at: $at, since: $seq})-[:APPROVES]->(a)
