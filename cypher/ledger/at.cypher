// The newest change up to a time. The order names all of the index, backwards.
// $organization_id: string; $at: int
MATCH (c:Change)
WHERE c.organization_id = $organization_id AND c.at <= $at
WITH c ORDER BY c.organization_id DESC, c.at DESC LIMIT 1
RETURN c.seq AS seq
