// The version with the highest index of those committed as of $seq, for each collection that has one.
// $collections: [string]; $seq: int
UNWIND $collections AS collection_id
CALL (collection_id) {
  MATCH (a:Artifact)
  WHERE a.collection_key > collection_id + '|' AND a.collection_key < collection_id + '}'
    AND a.since <= $seq
    AND coalesce(head(COLLECT {
      MATCH (r:Revision)
      WHERE r.subject_id = a.id AND r.until > $seq AND r.before STARTS WITH '{"state":'
      RETURN r.before ORDER BY r.subject_id, r.until LIMIT 1
    }), '{"state":"' + a.state + '"}') = '{"state":"COMMITTED"}'
  RETURN a.id AS id
  ORDER BY a.collection_key DESC LIMIT 1
}
RETURN collect({of: collection_id, id: id}) AS rows
