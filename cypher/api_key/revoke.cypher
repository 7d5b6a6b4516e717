// Ends a key; one that has ended before keeps its time. Its id, if there is one.
// $organization_id, $id: string; $now: int
MATCH (k:ApiKey {id: $id})
WHERE k.organization_id = $organization_id
SET k.revoked_at = coalesce(k.revoked_at, $now)
RETURN k.id AS id, k.user AS user, k.scope AS scope, k.created_at AS created_at,
  k.expires_at AS expires_at, k.revoked_at AS revoked_at, [] AS grants
