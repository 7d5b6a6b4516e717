// One page of the models of a project, oldest first.
// $after, $end: string, keys that enclose the page; $first: int
MATCH (m:Model)
WHERE m.list_key > $after AND m.list_key < $end
WITH m ORDER BY m.list_key LIMIT $first
RETURN collect({
  id: m.id, project_id: m.project_id, name: m.name, description: m.description,
  metadata: m.metadata, created_at: m.created_at, created_by: m.created_by
}) AS rows
