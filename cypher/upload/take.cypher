// Removes verified uploads, in the order given, whose objects now hold contents of the store.
// $ids: [string], in the order of the contents that the caller has locked
UNWIND $ids AS id
MATCH (u:Upload {id: id})
SET u.lock = id
WITH u, id
WHERE u.state = 'VERIFIED'
DELETE u
WITH id
RETURN collect({id: id}) AS rows
