// What each entity was before the changes to it after a seq, the earliest first; none for one that was
// not there yet as of $seq, nor for a draft.
// $asked: [{id: string, after: int}]; $seq, $first: int
UNWIND $asked AS one
MATCH (n:Entity {id: one.id})
WHERE n.since <= $seq
CALL (one) {
  MATCH (r:Revision)
  WHERE r.subject_id = one.id AND r.until > one.after
  WITH r ORDER BY r.subject_id, r.until LIMIT $first
  RETURN collect({until: r.until, before: r.before}) AS found
}
RETURN collect({of: one.id, found: found}) AS rows
