// Some of what lies further back, the nearest first: what runs that logged it used, and so on.
// It is asked for ahead of the walk, so it need not be all, nor what the walk comes to; what has many
// edges ends it.
// $ids: [string]; $seq, $most: int
UNWIND $ids AS id
MATCH (s:Entity {id: id})
CALL (s) {
  MATCH ANY SHORTEST (s) (
    (n)-[l:LOGGED_BY]->(r:Run)<-[u:USED_BY]-()
    WHERE u.since <= $seq AND (u.until IS NULL OR u.until > $seq)
      AND l.since <= $seq AND (l.until IS NULL OR l.until > $seq)
      AND COUNT { (n)--() } < 100 AND COUNT { (r)--() } < 100
  ){1,32} (m)
  WITH m, last(r) AS run
  WHERE COUNT { (m)--() } < 100
  RETURN m, run
  LIMIT $most
}
WITH collect(m.id) + collect(run.id) AS ids
UNWIND ids AS id
RETURN collect(DISTINCT id) AS ids
