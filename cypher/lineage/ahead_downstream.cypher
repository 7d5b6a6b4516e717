// Some of what lies further on, the nearest first: what runs that used it logged, which others used.
// It is asked for ahead of the walk, so it need not be all, nor what the walk comes to.
// $ids: [string]; $seq, $most: int
UNWIND $ids AS id
MATCH (s:Entity {id: id})
CALL (s) {
  MATCH ANY SHORTEST (s) (
    ()-[u:USED_BY]->(r:Run)<-[l:LOGGED_BY]-()
    WHERE u.since <= $seq AND (u.until IS NULL OR u.until > $seq)
      AND l.since <= $seq AND (l.until IS NULL OR l.until > $seq)
  ){1,32} (m)
  RETURN m, last(r) AS run
  LIMIT $most
}
WITH collect(m.id) + collect(run.id) AS ids
UNWIND ids AS id
RETURN collect(DISTINCT id) AS ids
