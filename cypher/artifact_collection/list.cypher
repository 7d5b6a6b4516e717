// One page of the artifact collections of a project, oldest first.
// $after, $end: string, keys that enclose the page; $first: int
MATCH (c:ArtifactCollection)
WHERE c.list_key > $after AND c.list_key < $end
WITH c ORDER BY c.list_key LIMIT $first
RETURN collect({
  id: c.id, project_id: c.project_id, type: c.type, name: c.name, description: c.description,
  metadata: c.metadata, created_at: c.created_at, created_by: c.created_by
}) AS rows
