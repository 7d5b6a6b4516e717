// A page as of $seq: what has kept its place since, then what had another at that time. The order
// matters: a place is written down before it changes, so that what the first part misses because it
// is being renamed or moved is there for the second.
// $low, $high: string; $seq, $first: int; $where, $deleted: bool; $projects: [string] or null for all
CALL () {
  kept
  RETURN n, place
  UNION ALL
  MATCH (f:FormerName)
  WHERE f.list_key >= $low AND f.list_key < $high
    AND f.since <= $seq AND (f.until IS NULL OR f.until > $seq)
  MATCH (n:Artifact:Entity {id: f.subject_id})
  WHERE ($projects IS NULL OR n.project_id IN $projects)
    AND ($deleted OR n.deleted IS NULL OR n.deleted > $seq) AND $where
  WITH n, f.list_key AS place ORDER BY f.list_key LIMIT $first
  RETURN n, place
}
