// The changes of each entity in their order, one page for each, and what they overwrote of it.
// scan: sorts the changes of one entity at a time.
// $ids: [string]; $low, $high, $first: int; $backward: bool
UNWIND $ids AS id
CALL (id) {
  MATCH (:Entity {id: id})<-[e:CHANGED]-(c:Change)
  WHERE e.seq >= $low AND e.seq < $high
  WITH DISTINCT c ORDER BY CASE WHEN $backward THEN c.seq END DESC, c.seq LIMIT $first
  RETURN collect({
    seq: c.seq, at: c.at, by: c.by, what: c.what, subjects: c.subjects,
    revisions: COLLECT {
      MATCH (r:Revision {subject_id: id, until: c.seq})
      RETURN {before: r.before, after: r.after}
    }
  }) AS found
}
RETURN collect({of: id, found: found}) AS rows
