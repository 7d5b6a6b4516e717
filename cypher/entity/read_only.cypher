// Those of these entities that are read-only; a version is what its collection is.
// $ids: [string]
UNWIND $ids AS id
MATCH (x:Entity {id: id})
OPTIONAL MATCH (x)-[:VERSION_OF]->(c:ArtifactCollection)
WITH DISTINCT coalesce(c, x) AS n
WHERE n.read_only
RETURN collect({id: n.id, name: n.name}) AS rows
