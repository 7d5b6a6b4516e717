// Each Dataset asked for that the viewer may see.
// $ids: [string]; $projects: [string] or null for all
UNWIND $ids AS id
MATCH (d:Dataset:Entity {id: id})
WHERE $projects IS NULL OR d.project_id IN $projects
RETURN collect({
  id: d.id, project_id: d.project_id, name: d.name, description: d.description,
  metadata: d.metadata, created_at: d.created_at, created_by: d.created_by
}) AS rows
