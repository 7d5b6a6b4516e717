// The run of this key in a project, if the viewer may see it.
// $project_id, $key: string; $projects: [string] or null for all
MATCH (r:Run {project_id: $project_id, key: $key})
WHERE $projects IS NULL OR r.project_id IN $projects
RETURN collect({
  id: r.id, project_id: r.project_id, experiment_id: r.experiment_id, key: r.key, number: r.number,
  name: r.name, status: r.status, reason: r.reason, description: r.description,
  metadata: r.metadata, parameters: r.parameters, created_at: r.created_at,
  created_by: r.created_by, started_at: r.started_at, ended_at: r.ended_at
}) AS rows
