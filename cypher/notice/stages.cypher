// The stages of models that these versions came to, or left, with a change.
// $ids: [string]; $seq: int
UNWIND $ids AS id
MATCH (a:Artifact:Entity {id: id})-[e:LINKED_TO {role: 'version'}]->(m:Model)
WHERE e.since = $seq OR e.until = $seq
RETURN collect({
  model_id: m.id, project_id: m.project_id, artifact_id: a.id, index: e.index, stage: e.stage,
  came: e.since = $seq
}) AS rows
