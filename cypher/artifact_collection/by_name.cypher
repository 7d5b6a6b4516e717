// The ArtifactCollection of this name, if the viewer may see it.
// $project_id, $name: string; $projects: [string] or null for all
MATCH (c:ArtifactCollection {project_id: $project_id, name: $name})
WHERE $projects IS NULL OR c.project_id IN $projects
RETURN c.id AS id, c.project_id AS project_id, c.type AS type, c.name AS name,
  c.description AS description, c.metadata AS metadata, c.created_at AS created_at,
  c.created_by AS created_by,
  coalesce(c.read_only, false) AS read_only
