// Runs that have not been heard of since $before; only those that go on have a heartbeat.
// $before: int
MATCH (r:Run)
WHERE r.heartbeat_at < $before
RETURN collect({id: r.id, heartbeat_at: r.heartbeat_at}) AS rows
