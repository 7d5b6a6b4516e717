// Ends a key; one that has ended before keeps its time. Its id, if there is one.
// $organization_id, $id: string; $now: int
MATCH (k:ApiKey {id: $id})
WHERE k.organization_id = $organization_id
SET k.revoked_at = coalesce(k.revoked_at, $now)
RETURN k.id AS id
