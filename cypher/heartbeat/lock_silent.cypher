// Locks a run and reads it again, unless it has been heard of since $before, or has ended.
// $id: string; $before: int
MATCH (r:Run:Entity {id: $id})
SET r.lock = $id
WITH r
WHERE r.heartbeat_at < $before
RETURN r.id AS id, r.heartbeat_at AS heartbeat_at
