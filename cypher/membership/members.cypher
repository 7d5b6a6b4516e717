// The members of each model or dataset, by index, one page for each.
// scan: sorts the members of one container at a time.
// $ids: [string]; $low, $high, $seq, $first: int; $backward: bool; $projects: [string] or null for all
UNWIND $ids AS id
CALL (id) {
  MATCH (:Entity {id: id})<-[e:LINKED_TO]-(a:Artifact)
  WHERE e.since <= $seq AND (e.until IS NULL OR e.until > $seq) AND e.role IN ['version', 'snapshot']
    AND e.index >= $low AND e.index < $high
    AND ($projects IS NULL OR a.project_id IN $projects)
  WITH e, a ORDER BY CASE WHEN $backward THEN e.index END DESC, e.index LIMIT $first
  RETURN collect({
    container_id: id, artifact_id: a.id, index: e.index, stage: e.stage, at: e.at, by: e.by
  }) AS found
}
RETURN collect({of: id, found: found}) AS rows
