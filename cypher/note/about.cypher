// The notes about each entity, or those under a key, in the order of their changes, one page for each.
// scan: sorts the notes about one entity at a time.
// $ids: [string]; $key: string or null; $low, $high, $first: int; $backward: bool
UNWIND $ids AS id
CALL (id) {
  MATCH (:Entity {id: id})<-[e:ABOUT]-(note:Note)
  WHERE e.seq >= $low AND e.seq < $high AND ($key IS NULL OR note.key = $key)
  WITH e, note ORDER BY CASE WHEN $backward THEN e.seq END DESC, e.seq LIMIT $first
  RETURN collect({
    seq: e.seq, key: note.key, text: note.text, at: note.at, by: note.by
  }) AS found
}
RETURN collect({of: id, found: found}) AS rows
