// Locks a run and says its status; one that goes on has been heard of $now.
// $id: string; $now: int; $projects: [string], those that the viewer may write to, or null for all
MATCH (r:Run:Entity {id: $id})
WHERE $projects IS NULL OR r.project_id IN $projects
SET r.lock = $id
WITH r
SET r.heartbeat_at = CASE r.status WHEN 'RUNNING' THEN $now END
RETURN r.status AS status
