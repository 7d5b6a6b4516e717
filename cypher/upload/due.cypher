// Ends uploads that nobody has asked for until $now, those first that are due longest; from then on
// nobody finds them.
// $now, $first: int
MATCH (u:Upload)
WHERE u.sweep_at <= $now
WITH u ORDER BY u.sweep_at LIMIT $first
SET u.lock = u.id
WITH u
WHERE u.sweep_at <= $now
SET u.state = 'ENDED', u.slot = u.id
WITH u
RETURN collect({id: u.id, key: u.key}) AS rows
