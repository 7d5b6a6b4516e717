// One page of the projects of an organization, oldest first.
// $after, $end: string, keys that enclose the page; $first: int; $projects: [string] or null for all
MATCH (p:Project)
WHERE p.list_key > $after AND p.list_key < $end
  AND ($projects IS NULL OR p.project_id IN $projects)
WITH p ORDER BY p.list_key LIMIT $first
RETURN collect({
  id: p.id, organization_id: p.organization_id, name: p.name, description: p.description,
  metadata: p.metadata, created_at: p.created_at, created_by: p.created_by
}) AS rows
