// Writes down that all up to a seq was delivered; its id, unless it was lost to somebody. With a status
// and a time, the last of it was delivered just now.
// $id, $lease: string; $seq: int; $status, $at: int or null
MATCH (w:Webhook {id: $id})
SET w.lock = $id
WITH w
WHERE w.lease = $lease
SET w.seq = $seq
FOREACH (_ IN CASE WHEN $at IS NULL THEN [] ELSE [1] END |
  SET w.status = $status, w.delivered_at = $at, w.tries = 0, w.failing_since = null,
    w.error_code = null, w.error_message = null
)
RETURN w.id AS id
