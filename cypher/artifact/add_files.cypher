// Adds entries to a draft that the caller has locked; later batches go before earlier ones.
// The sweep leaves it alone until $sweep_at, and uploads may arrive until $until.
// $id, $entries: string, JSON by path; $first_path, $last_path: string; $removed: [string], paths of
// files that go; $packed: [string], digests,
// and $sizes: [int], what is to come in one pack, or null; $number, $sweep_at, $until: int
MATCH (u:UploadPrefix {draft_id: $id})
SET u.sweep_at = $sweep_at, u.until = CASE WHEN $until > u.until THEN $until ELSE u.until END
CREATE (:DraftFiles {
  number: $number, first_path: $first_path, last_path: $last_path, entries: $entries,
  removed: $removed,  packed: $packed, sizes: $sizes
})-[:OF]->(u)
