// The jobs of these ids, as far as the viewer may see their projects and what they are about, which may
// have moved to another project since.
// $ids: [string]; $projects: [string] or null for all
MATCH (j:Job)
WHERE j.id IN $ids AND ($projects IS NULL OR j.project_id IN $projects AND EXISTS {
  MATCH (s:Entity {id: j.subject_id}) WHERE s.project_id IN $projects
})
RETURN collect({
  id: j.id, organization_id: j.organization_id, project_id: j.project_id, kind: j.kind,
  subject_id: j.subject_id, spec: j.spec, status: j.status, done: j.done, total: j.total,
  position: j.position, result: j.result, error_code: j.error_code, error_message: j.error_message,
  created_at: j.created_at, created_by: j.created_by, key_id: j.key_id, started_at: j.started_at,
  ended_at: j.ended_at, tries: coalesce(j.tries, 0)
}) AS rows
