// Those of these entities that are read-only.
// $ids: [string]
UNWIND $ids AS id
MATCH (n:Entity {id: id})
WHERE n.read_only
RETURN collect({id: n.id, name: n.name}) AS rows
