// Seals the secrets of a webhook anew, unless one has been replaced meanwhile.
// $id, $was, $now: string; $was_before, $now_before: string or null
MATCH (w:Webhook {id: $id})
SET w.lock = $id
WITH w
WHERE w.sealed = $was AND coalesce(w.sealed_before, '') = coalesce($was_before, '')
SET w.sealed = $now, w.sealed_before = $now_before
