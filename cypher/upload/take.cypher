// Those of these verified uploads, locked in the order given, that are still there.
// $ids: [string], in the order of the contents that the caller has locked
UNWIND $ids AS id
MATCH (u:Upload {id: id})
SET u.lock = id
WITH u, id
WHERE u.state = 'VERIFIED'
RETURN collect({id: id}) AS rows
