// Adds entries to a draft that the caller has locked.
// $id, $entries: string, JSON
MATCH (a:Artifact:Entity {id: $id})
CREATE (:DraftFiles {entries: $entries})-[:OF]->(a)
