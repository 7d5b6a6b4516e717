// Remembers the number of the newest run of a locked project.
// $project_id: string; $number: int
MATCH (p:Project:Entity {id: $project_id})
SET p.runs = $number
