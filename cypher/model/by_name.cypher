// The Model of this name, if the viewer may see it.
// $project_id, $name: string; $projects: [string] or null for all
MATCH (m:Model {project_id: $project_id, name: $name})
WHERE $projects IS NULL OR m.project_id IN $projects
RETURN m.id AS id, m.project_id AS project_id, m.name AS name, m.description AS description,
  m.metadata AS metadata, m.created_at AS created_at, m.created_by AS created_by,
  coalesce(m.read_only, false) AS read_only
