// What there is to find of each entity; a version is found by the name of its collection, too.
// $ids: [string]
UNWIND $ids AS id
MATCH (n:Entity {id: id})
OPTIONAL MATCH (n)-[:VERSION_OF]->(c:ArtifactCollection)
RETURN collect({
  id: n.id, kind: [label IN labels(n) WHERE label <> 'Entity'][0], project_id: n.project_id,
  there: n.since IS NOT NULL AND coalesce(n.state, 'COMMITTED') = 'COMMITTED',
  name: CASE WHEN c IS NULL THEN n.name END, collection: c.name, key: n.key, version: n.version,
  aliases: COLLECT { MATCH (n)<-[:CURRENT]-(alias:Alias) RETURN alias.name },
  tags: coalesce(n.tags, []), description: n.description, digest: n.digest
}) AS rows
