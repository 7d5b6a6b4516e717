// What tells which of two entities succeeds the other: the collection, and the place in it.
// $ids: [string]
UNWIND $ids AS id
MATCH (n:Entity {id: id})
RETURN collect({id: n.id, collection: n.collection_id, number: coalesce(n.index, n.number)}) AS rows
