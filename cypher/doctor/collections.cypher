// Artifact collections by id: their numbers and their aliases.
// $after, $end: string, ids that enclose what is asked; $first: int
MATCH (c:Entity)
WHERE c.id > $after AND c.id < $end
WITH c ORDER BY c.id LIMIT $first
RETURN collect({
  id: c.id, project_id: c.project_id, name: c.name, list_key: c.list_key, name_key: c.name_key,
  next_index: c.next_index,
  indexes: COLLECT {
    MATCH (c)<-[:VERSION_OF]-(a:Artifact) WHERE a.index IS NOT NULL RETURN a.index
  },
  aliases: COLLECT {
    MATCH (l:Alias) WHERE l.collection_id = c.id AND l.name >= ''
    RETURN {name: l.name, targets: COLLECT { MATCH (l)-[:CURRENT]->(a) RETURN a.collection_id }}
  }
}) AS rows
