// One page of the experiments of a project, oldest first.
// $after, $end: string, keys that enclose the page; $first: int
MATCH (e:Experiment)
WHERE e.list_key > $after AND e.list_key < $end
WITH e ORDER BY e.list_key LIMIT $first
RETURN collect({
  id: e.id, project_id: e.project_id, name: e.name, description: e.description,
  metadata: e.metadata, created_at: e.created_at, created_by: e.created_by
}) AS rows
