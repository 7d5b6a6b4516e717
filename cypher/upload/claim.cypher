// Lets one reader check an assembled upload, and says how many bytes it has read; who does not say so
// for some seconds has died. The clock is the graph's, which all readers share.
// $id, $reader: string; $checked, $milliseconds: int
MATCH (u:Upload {id: $id})
SET u.lock = $id
WITH u
WHERE u.state = 'OPEN' AND (u.reader = $reader OR u.read_until < timestamp())
SET u.reader = $reader, u.checked = $checked, u.read_until = timestamp() + $milliseconds
WITH u
RETURN u.id AS id
