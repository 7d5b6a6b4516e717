// Adds entries to a draft that the caller has locked; later batches go before earlier ones.
// The sweep leaves it alone until $sweep_at, and uploads may arrive until $until.
// $id, $entries: string, JSON; $number, $sweep_at, $until: int
MATCH (a:Artifact:Entity {id: $id})
CREATE (:DraftFiles {number: $number, entries: $entries})-[:OF]->(a)
WITH a
MATCH (u:UploadPrefix {draft_id: $id})
SET u.sweep_at = $sweep_at, u.until = CASE WHEN $until > u.until THEN $until ELSE u.until END
