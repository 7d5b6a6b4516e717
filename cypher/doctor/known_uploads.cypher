// Those of these ids that an upload in parts has.
// $ids: [string]
UNWIND $ids AS id
MATCH (u:Upload {id: id})
RETURN collect({id: u.id}) AS rows
