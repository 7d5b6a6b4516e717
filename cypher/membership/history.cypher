// The periods in which versions of a model were in stages, in the order in which they began; those of
// one change by index.
// scan: sorts the periods of one model.
// $organization_id, $container_id, $low, $high: string; $stage: string or null; $index: int or null
// $first: int; $backward: bool; $projects: [string] or null for all
MATCH (:Entity {id: $container_id})<-[e:LINKED_TO]-(a:Artifact)
WHERE e.role = 'version' AND ($stage IS NULL OR e.stage = $stage)
  AND ($index IS NULL OR e.index = $index) AND ($projects IS NULL OR a.project_id IN $projects)
WITH e, a, right('000000000000000' + toString(e.since), 16) + '|' +
  right('0000000000' + toString(e.index), 10) AS place
WHERE place >= $low AND place < $high
WITH e, a, place ORDER BY CASE WHEN $backward THEN place END DESC, place LIMIT $first
MATCH (began:Change {organization_id: $organization_id, seq: e.since})
OPTIONAL MATCH (ended:Change {organization_id: $organization_id, seq: e.until})
RETURN collect({
  place: place, artifact_id: a.id, index: e.index, stage: e.stage, since: e.since,
  set_at: began.at, set_by: began.by, until: e.until, ended_at: ended.at, ended_by: ended.by
}) AS rows
