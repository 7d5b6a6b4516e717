// Gives a webhook back with what has become of it, due after a pause, or never (null); its id, unless it
// was lost to somebody.
// $id, $lease: string; $properties: map; $microseconds: int or null
MATCH (w:Webhook {id: $id})
SET w.lock = $id
WITH w
WHERE w.lease = $lease
SET w += $properties
SET w.due_at = timestamp() * 1000 + $microseconds, w.lease = null
RETURN w.id AS id
