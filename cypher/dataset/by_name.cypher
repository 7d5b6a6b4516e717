// The Dataset of this name, if the viewer may see it.
// $project_id, $name: string; $projects: [string] or null for all
MATCH (d:Dataset {project_id: $project_id, name: $name})
WHERE $projects IS NULL OR d.project_id IN $projects
RETURN d.id AS id, d.project_id AS project_id, d.name AS name, d.description AS description,
  d.metadata AS metadata, d.created_at AS created_at, d.created_by AS created_by,
  coalesce(d.read_only, false) AS read_only
