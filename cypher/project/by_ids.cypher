// Each Project asked for that the viewer may see.
// $ids: [string]; $projects: [string] or null for all
UNWIND $ids AS id
MATCH (p:Project:Entity {id: id})
WHERE $projects IS NULL OR p.project_id IN $projects
RETURN collect({
  id: p.id, organization_id: p.organization_id, name: p.name, description: p.description,
  metadata: p.metadata, system_metadata: p.system_metadata, created_at: p.created_at,
  created_by: p.created_by
}) AS rows
