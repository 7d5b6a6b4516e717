// Each Model asked for that the viewer may see.
// $ids: [string]; $projects: [string] or null for all
UNWIND $ids AS id
MATCH (m:Model:Entity {id: id})
WHERE $projects IS NULL OR m.project_id IN $projects
RETURN collect({
  id: m.id, project_id: m.project_id, name: m.name, description: m.description,
  metadata: m.metadata, created_at: m.created_at, created_by: m.created_by
}) AS rows
