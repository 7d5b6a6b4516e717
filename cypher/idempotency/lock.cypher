// Locks the record of a viewer's key, made where there is none.
// $user, $key, $request: string, the request's hash; $now: int, microseconds since 1970 UTC
MERGE (i:Idempotency {user: $user, key: $key})
ON CREATE SET i.request = $request, i.created_at = $now
SET i.lock = $key
WITH i
WHERE i.key IS NOT NULL
RETURN i.request AS request, i.answer AS id, i.created AS created
