// Artifact collections by id: their numbers and their aliases.
// $after, $end: string, ids that enclose what is asked; $first: int
MATCH (c:Entity)
WHERE c.id > $after AND c.id < $end
WITH c ORDER BY c.id LIMIT $first
RETURN collect({
  id: c.id, name: c.name, next_index: c.next_index,
  indexes: COLLECT {
    MATCH (c)<-[:VERSION_OF]-(a:Artifact) WHERE a.index IS NOT NULL RETURN a.index
  },
  aliases: COLLECT {
    MATCH (l:Alias) WHERE l.collection_id = c.id AND l.name >= ''
    RETURN {name: l.name, targets: COLLECT { MATCH (l)-[:CURRENT]->(a) RETURN a.collection_id }}
  }
}) AS rows
