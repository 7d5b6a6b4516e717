// Removes a draft that the caller has locked, and its files.
// $id: string
MATCH (a:Artifact:Entity {id: $id})
WHERE a.state = 'PENDING'
OPTIONAL MATCH (f:DraftFiles)-[:OF]->(a)
DETACH DELETE f, a
