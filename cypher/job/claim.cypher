// Takes a job for a while, unless somebody was faster or it has ended.
// $id, $lease: string; $now, $microseconds: int
MATCH (j:Job {id: $id})
SET j.lock = $id
WITH j
WHERE j.due_at <= timestamp() * 1000
SET j.status = 'RUNNING', j.started_at = coalesce(j.started_at, $now),
  j.due_at = timestamp() * 1000 + $microseconds, j.lease = $lease
RETURN collect({
  id: j.id, organization_id: j.organization_id, project_id: j.project_id, kind: j.kind,
  subject_id: j.subject_id, spec: j.spec, status: j.status, done: j.done, total: j.total,
  position: j.position, result: j.result, error_code: j.error_code, error_message: j.error_message,
  created_at: j.created_at, created_by: j.created_by, key_id: j.key_id, started_at: j.started_at,
  ended_at: j.ended_at
}) AS rows
