// Locks the record of a viewer's key, made where there is none.
// $user, $key, $request: string, the request's hash
MERGE (i:Idempotency {user: $user, key: $key})
ON CREATE SET i.request = $request
SET i.seen = coalesce(i.seen, -1) + 1
RETURN i.request AS request, i.seen = 0 AS new
