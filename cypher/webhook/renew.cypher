// Keeps a webhook for a while longer; its id, unless it was lost to somebody.
// $id, $lease: string; $microseconds: int
MATCH (w:Webhook {id: $id})
SET w.lock = $id
WITH w
WHERE w.lease = $lease
SET w.due_at = timestamp() * 1000 + $microseconds
RETURN w.id AS id
