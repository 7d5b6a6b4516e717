// Adds entries to a draft that the caller has locked; later batches go before earlier ones.
// $id, $entries: string, JSON; $number: int
MATCH (a:Artifact:Entity {id: $id})
CREATE (:DraftFiles {number: $number, entries: $entries})-[:OF]->(a)
