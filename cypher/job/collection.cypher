// Locks a collection, and reads what there is to delete of it.
// $id: string
MATCH (c:ArtifactCollection:Entity {id: $id})
SET c.lock = $id
WITH c
RETURN coalesce(c.next_index, 0) AS next_index, COUNT {
  MATCH (a:Artifact)
  WHERE a.collection_key > c.id + '|' AND a.collection_key < c.id + '}' AND a.state = 'COMMITTED'
} AS living
