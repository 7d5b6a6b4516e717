// Changes after a seq, oldest first. The order names all of the index: by seq alone it would sort.
// $organization_id: string; $after, $first: int
MATCH (c:Change)
WHERE c.organization_id = $organization_id AND c.seq > $after
WITH c ORDER BY c.organization_id, c.seq LIMIT $first
RETURN collect({
  seq: c.seq, at: c.at, by: c.by, what: c.what, subjects: c.subjects, previous: c.previous,
  hash: c.hash
}) AS rows
