// Remembers what a call under a locked record was answered.
// $user, $key, $id: string; $created: bool
MATCH (i:Idempotency {user: $user, key: $key})
SET i.answer = $id, i.created = $created
