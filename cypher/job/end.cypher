// Ends a job that has not ended; its id. With a lease, only if it was not lost to somebody.
// $id, $status: string; $lease, $code, $message: string or null; $now: int
MATCH (j:Job {id: $id})
SET j.lock = $id
WITH j
WHERE j.due_at IS NOT NULL AND ($lease IS NULL OR j.lease = $lease)
SET j.status = $status, j.error_code = $code, j.error_message = $message, j.ended_at = $now,
  j.done = CASE $status WHEN 'COMPLETED' THEN j.total ELSE j.done END,
  j.position = 0, j.due_at = null, j.lease = null
RETURN j.id AS id
