// An upload of a user, which the sweep leaves alone until $sweep_at if it goes on.
// $id, $user: string; $sweep_at: int
MATCH (u:Upload {id: $id})
WHERE u.user = $user
SET u.lock = $id
WITH u
SET u.sweep_at = CASE WHEN u.state = 'ENDED' THEN u.sweep_at ELSE $sweep_at END
WITH u
WHERE u.id IS NOT NULL
RETURN u.id AS id, u.key AS key, u.sha256 AS sha256, u.size AS size, u.part_size AS part_size,
  u.state AS state, u.store_id AS store_id, u.checked AS checked, u.found AS found,
  u.found_size AS found_size
