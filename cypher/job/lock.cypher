// Locks a job.
// $id: string
MATCH (j:Job {id: $id})
SET j.lock = $id
