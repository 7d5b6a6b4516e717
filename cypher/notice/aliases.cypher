// The aliases that came to these versions, or left them, with a change.
// $ids: [string]; $seq: int
UNWIND $ids AS id
MATCH (a:Artifact:Entity {id: id})<-[e:CURRENT|WAS]-(alias:Alias)
WHERE e.since = $seq OR e.until = $seq
RETURN collect({
  collection_id: alias.collection_id, name: alias.name, artifact_id: a.id, came: e.since = $seq
}) AS rows
