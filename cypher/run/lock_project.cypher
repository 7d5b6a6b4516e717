// Locks a project and draws the number of its next run.
// $project_id: string
MATCH (p:Project:Entity {id: $project_id})
SET p.lock = $project_id
WITH p
SET p.runs = coalesce(p.runs, 0) + 1
RETURN p.runs AS number
