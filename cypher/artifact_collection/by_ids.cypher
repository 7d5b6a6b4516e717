// Each ArtifactCollection asked for that the viewer may see.
// $ids: [string]; $projects: [string] or null for all
UNWIND $ids AS id
MATCH (c:ArtifactCollection:Entity {id: id})
WHERE $projects IS NULL OR c.project_id IN $projects
RETURN collect({
  id: c.id, project_id: c.project_id, type: c.type, name: c.name, description: c.description,
  metadata: c.metadata, created_at: c.created_at, created_by: c.created_by
}) AS rows
