// The Project of this name, if the viewer may see it.
// $organization_id, $name: string; $projects: [string] or null for all
MATCH (p:Project {organization_id: $organization_id, name: $name})
WHERE $projects IS NULL OR p.project_id IN $projects
RETURN p.id AS id, p.organization_id AS organization_id, p.name AS name, p.description AS description,
  p.metadata AS metadata, p.system_metadata AS system_metadata, p.policy AS policy,
  p.created_at AS created_at, p.created_by AS created_by
