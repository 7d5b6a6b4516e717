// Ends an upload whose parts make another content; the next who asks begins anew.
// $id, $found, $reader: string; $found_size: int
MATCH (u:Upload {id: $id})
SET u.lock = $id
WITH u
WHERE u.state = 'OPEN' AND u.reader = $reader
SET u.state = 'ENDED', u.slot = $id, u.found = $found, u.found_size = $found_size
WITH u
RETURN u.id AS id
