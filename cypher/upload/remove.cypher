// Forgets uploads that have ended, and of which the store holds nothing any more.
// $ids: [string]
UNWIND $ids AS id
MATCH (u:Upload {id: id})
WHERE u.state = 'ENDED'
DELETE u
