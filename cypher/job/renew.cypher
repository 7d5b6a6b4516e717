// Keeps a job for a while longer; its id, unless it was lost to somebody or has ended.
// $id, $lease: string; $microseconds: int
MATCH (j:Job {id: $id})
SET j.lock = $id
WITH j
WHERE j.lease = $lease
SET j.due_at = timestamp() * 1000 + $microseconds
RETURN j.id AS id
