// One page of the experiments of a project, by a key of theirs.
// $low, $high: string, keys from which on and up to which; $seq, $first: int; $where: bool
// $projects: [string] or null for all
MATCH (n:Experiment)
WHERE n.list_key >= $low AND n.list_key < $high AND n.since <= $seq
  AND ($projects IS NULL OR n.project_id IN $projects) AND $where
WITH n, n.list_key AS place ORDER BY n.list_key LIMIT $first
RETURN collect({
  place: place,
  item: {
    id: n.id, project_id: n.project_id, name: n.name, description: n.description,
    metadata: n.metadata, created_at: n.created_at, created_by: n.created_by
  }
}) AS rows
