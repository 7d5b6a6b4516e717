// Forgets an upload that has ended, and of which the store holds nothing any more.
// $id: string
MATCH (u:Upload {id: $id})
WHERE u.state = 'ENDED'
DELETE u
