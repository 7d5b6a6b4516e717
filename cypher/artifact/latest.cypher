// The committed version with the highest index, for each collection that has one.
// $collections: [string]
UNWIND $collections AS collection_id
CALL (collection_id) {
  MATCH (a:Artifact)
  WHERE a.collection_key > collection_id + '|' AND a.collection_key < collection_id + '}'
    AND a.state = 'COMMITTED'
  RETURN a.id AS id
  ORDER BY a.collection_key DESC LIMIT 1
}
RETURN collect({of: collection_id, id: id}) AS rows
