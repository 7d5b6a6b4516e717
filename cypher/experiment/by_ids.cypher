// Each Experiment asked for that the viewer may see.
// $ids: [string]; $projects: [string] or null for all
UNWIND $ids AS id
MATCH (e:Experiment:Entity {id: id})
WHERE $projects IS NULL OR e.project_id IN $projects
RETURN collect({
  id: e.id, project_id: e.project_id, name: e.name, description: e.description,
  metadata: e.metadata, created_at: e.created_at, created_by: e.created_by
}) AS rows
