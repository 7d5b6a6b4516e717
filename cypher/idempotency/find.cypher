// The record of a viewer's key, if there is one.
// $user, $key: string
MATCH (i:Idempotency {user: $user, key: $key})
RETURN i.request AS request, i.answer AS id, i.created AS created
