// Says that the object of an upload is the content that was announced.
// $id: string
MATCH (u:Upload {id: $id})
SET u.lock = $id
WITH u
WHERE u.state = 'OPEN'
SET u.state = 'VERIFIED', u.checked = u.size
