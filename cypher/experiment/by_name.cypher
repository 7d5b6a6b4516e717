// The Experiment of this name, if the viewer may see it.
// $project_id, $name: string; $projects: [string] or null for all
MATCH (e:Experiment {project_id: $project_id, name: $name})
WHERE $projects IS NULL OR e.project_id IN $projects
RETURN e.id AS id, e.project_id AS project_id, e.name AS name, e.description AS description,
  e.metadata AS metadata, e.created_at AS created_at, e.created_by AS created_by
