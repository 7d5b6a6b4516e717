// The approvals of these versions that stand.
// $ids: [string]
UNWIND $ids AS id
MATCH (a:Artifact:Entity {id: id})<-[:APPROVES]-(it:Approval)
WHERE it.until IS NULL
RETURN collect({
  artifact_id: a.id, name: it.name, note: it.note, at: it.at, by: it.by, since: it.since
}) AS rows
