// Gives a job back as it was, due after a pause, unless it was lost to somebody or has ended; its id.
// $id, $lease: string; $tries: int, those in vain since it has come further; $microseconds: int
MATCH (j:Job {id: $id})
SET j.lock = $id
WITH j
WHERE j.lease = $lease
SET j.tries = $tries, j.due_at = timestamp() * 1000 + $microseconds, j.lease = null
RETURN j.id AS id
