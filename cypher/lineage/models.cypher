// The places that these versions have in models that the viewer sees, as of $seq.
// $ids: [string]; $seq: int; $projects: [string] or null for all
UNWIND $ids AS id
MATCH (a:Artifact:Entity {id: id})-[e:LINKED_TO]->(m:Model)
WHERE e.role = 'version' AND e.since <= $seq AND (e.until IS NULL OR e.until > $seq)
  AND ($projects IS NULL OR m.project_id IN $projects)
RETURN collect({
  container_id: m.id, artifact_id: a.id, index: e.index, stage: e.stage, at: e.at, by: e.by
}) AS rows
