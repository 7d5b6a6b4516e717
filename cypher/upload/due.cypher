// Ends uploads that nobody has asked for until $now, those first that are due longest; from then on
// nobody finds them. The object of one may hold a content by now. A sweep that dies leaves them to one from $again on.
// $now, $again, $first: int
MATCH (u:Upload)
WHERE u.sweep_at <= $now
WITH u ORDER BY u.sweep_at LIMIT $first
SET u.lock = u.id
WITH u
WHERE u.sweep_at <= $now
SET u.state = 'ENDED', u.slot = u.id, u.sweep_at = $again
WITH u
RETURN collect({id: u.id, key: u.key, held: EXISTS { (b:Blob) WHERE b.key = u.key }}) AS rows
