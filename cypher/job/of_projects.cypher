// The jobs of each project in the order of their creation, one page for each, as far as the viewer may
// see the project and what they are about, which may have moved to another one since.
// scan: sorts the jobs of one project at a time, which are those of a month.
// $ids: [string]; $low, $high: string, ids from which on and up to which; $first: int; $backward: bool
// $projects: [string] or null for all
UNWIND $ids AS id
CALL (id) {
  MATCH (j:Job)
  WHERE j.project_id = id AND j.id >= $low AND j.id < $high
    AND ($projects IS NULL OR j.project_id IN $projects AND EXISTS {
      MATCH (s:Entity {id: j.subject_id}) WHERE s.project_id IN $projects
    })
  WITH j ORDER BY CASE WHEN $backward THEN j.id END DESC, j.id LIMIT $first
  RETURN collect({
    id: j.id, organization_id: j.organization_id, project_id: j.project_id, kind: j.kind,
    subject_id: j.subject_id, spec: j.spec, status: j.status, done: j.done, total: j.total,
    position: j.position, result: j.result, error_code: j.error_code,
    error_message: j.error_message, created_at: j.created_at, created_by: j.created_by,
    key_id: j.key_id, started_at: j.started_at, ended_at: j.ended_at,
    tries: coalesce(j.tries, 0)
  }) AS found
}
RETURN collect({of: id, found: found}) AS rows
