// Locks a project and says which number its next run gets.
// $project_id: string
MATCH (p:Project:Entity {id: $project_id})
SET p.lock = $project_id
WITH p
RETURN coalesce(p.runs, 0) + 1 AS number
