// One page of the runs of an experiment, oldest first.
// $after, $end: string, keys that enclose the page; $first: int
MATCH (r:Run)
WHERE r.experiment_key > $after AND r.experiment_key < $end
WITH r ORDER BY r.experiment_key LIMIT $first
RETURN collect({
  id: r.id, project_id: r.project_id, experiment_id: r.experiment_id, key: r.key, number: r.number,
  name: r.name, status: r.status, reason: r.reason, description: r.description,
  metadata: r.metadata, parameters: r.parameters, created_at: r.created_at,
  created_by: r.created_by, ended_at: r.ended_at
}) AS rows
