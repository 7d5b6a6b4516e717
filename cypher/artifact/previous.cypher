// The committed version before each of these in its collection, where there is one.
// $ids: [string]
UNWIND $ids AS asked
MATCH (a:Artifact:Entity {id: asked})
CALL (a) {
  MATCH (b:Artifact)
  WHERE b.collection_key > a.collection_id + '|' AND b.collection_key < a.collection_key
    AND b.state = 'COMMITTED'
  RETURN b.id AS id
  ORDER BY b.collection_key DESC LIMIT 1
}
RETURN collect({of: asked, id: id}) AS rows
