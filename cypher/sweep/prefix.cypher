// A draft's prefix, if the sweep is to look at it.
// $id: string; $now: int
MATCH (u:UploadPrefix {draft_id: $id})
WHERE u.sweep_at <= $now
RETURN u.draft_id AS draft_id
