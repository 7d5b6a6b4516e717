// Those of these changes whose subjects they are not tied to.
// $organization_id: string; $after, $last: int
MATCH (c:Change)
WHERE c.organization_id = $organization_id AND c.seq > $after AND c.seq <= $last
WITH c
WHERE COUNT { (c)-[:CHANGED]->() } <> size(c.subjects)
RETURN collect({seq: c.seq}) AS rows
