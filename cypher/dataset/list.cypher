// One page of the datasets of a project, oldest first.
// $after, $end: string, keys that enclose the page; $first: int
MATCH (d:Dataset)
WHERE d.list_key > $after AND d.list_key < $end
WITH d ORDER BY d.list_key LIMIT $first
RETURN collect({
  id: d.id, project_id: d.project_id, name: d.name, description: d.description,
  metadata: d.metadata, created_at: d.created_at, created_by: d.created_by
}) AS rows
