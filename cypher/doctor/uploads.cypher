// Uploads in parts by id: whether they are verified, and of which object.
// $after: string; $first: int
MATCH (u:Upload)
WHERE u.id > $after
WITH u ORDER BY u.id LIMIT $first
RETURN collect({id: u.id, key: u.key, state: u.state, size: u.size, sweep_at: u.sweep_at}) AS rows
