// Writes down how far a job has come, and gives it back, last in the row; its id, unless it was lost to
// somebody or has ended.
// $id, $lease: string; $done, $position: int; $result: string or null
MATCH (j:Job {id: $id})
SET j.lock = $id
WITH j
WHERE j.lease = $lease
SET j.done = $done, j.position = $position, j.result = $result, j.due_at = timestamp() * 1000,
  j.lease = null, j.tries = 0
RETURN j.id AS id
