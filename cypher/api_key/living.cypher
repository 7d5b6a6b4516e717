// Those of some keys that let somebody in.
// $ids: [string]; $now: int
MATCH (k:ApiKey)
WHERE k.id IN $ids AND k.revoked_at IS NULL AND coalesce(k.expires_at > $now, true)
RETURN k.id AS id
