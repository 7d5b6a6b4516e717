// Each Organization asked for.
// $ids: [string]
UNWIND $ids AS id
MATCH (o:Organization:Entity {id: id})
RETURN collect({
  id: o.id, name: o.name, description: o.description, metadata: o.metadata,
  created_at: o.created_at, created_by: o.created_by
}) AS rows
