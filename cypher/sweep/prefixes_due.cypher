// Drafts whose prefix in the byte store the sweep is to look at, those first that are due longest.
// $now, $first: int
MATCH (u:UploadPrefix)
WHERE u.sweep_at <= $now
WITH u ORDER BY u.sweep_at LIMIT $first
RETURN collect({draft_id: u.draft_id}) AS rows
