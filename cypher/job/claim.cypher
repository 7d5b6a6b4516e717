// Takes a job for a while, unless somebody was faster or it has ended. It counts the tries since the job
// has come further, so that also those are counted whose sweeper was killed.
// $id, $lease: string; $now, $microseconds: int
MATCH (j:Job {id: $id})
SET j.lock = $id
WITH j
WHERE j.due_at <= timestamp() * 1000
SET j.status = 'RUNNING', j.started_at = coalesce(j.started_at, $now),
  j.due_at = timestamp() * 1000 + $microseconds, j.lease = $lease, j.tries = coalesce(j.tries, 0) + 1
RETURN collect({
  id: j.id, organization_id: j.organization_id, project_id: j.project_id, kind: j.kind,
  subject_id: j.subject_id, spec: j.spec, status: j.status, done: j.done, total: j.total,
  position: j.position, result: j.result, error_code: j.error_code, error_message: j.error_message,
  created_at: j.created_at, created_by: j.created_by, key_id: j.key_id, started_at: j.started_at,
  ended_at: j.ended_at, tries: j.tries
}) AS rows
