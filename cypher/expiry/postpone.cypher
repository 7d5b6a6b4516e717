// Has a version, which is needed still, looked at again later, unless it was used meanwhile.
// $id: string; $now, $until: int
MATCH (a:Artifact:Entity {id: $id})
SET a.lock = $id
WITH a
WHERE a.expires_at <= $now
SET a.expires_at = $until
