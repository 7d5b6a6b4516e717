// One page of the entities of a kind in a scope, by a key of theirs. Artifact stands for the kind.
// $low, $high: string, keys from which on and up to which; $seq, $first: int
// $where: bool; $deleted: bool, whether what was deleted is among them
// $fields: [string]; $projects: [string] or null for all
MATCH (n:Artifact)
WHERE n.list_key >= $low AND n.list_key < $high AND n.since <= $seq
  AND ($deleted OR n.deleted IS NULL OR n.deleted > $seq)
  AND ($projects IS NULL OR n.project_id IN $projects) AND $where
WITH n, n.list_key AS place ORDER BY n.list_key LIMIT $first
WITH collect([field IN $fields | n[field]]) AS rows, collect(place) AS places
RETURN places, $fields AS fields, [i IN range(0, size($fields) - 1) | [row IN rows | row[i]]] AS columns
