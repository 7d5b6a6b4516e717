// Edges of lineage that are of no time: begun after the newest change, or ended before they began.
// scan: looks at every edge, which is what it is for.
// $seq: int
CALL () {
  MATCH (x)-[e:USED_BY|LOGGED_BY|LINKED_TO]->(y)
  WHERE e.since IS NULL OR e.since > $seq OR e.until > $seq OR e.until < e.since
  RETURN x, e, y LIMIT 1000
}
RETURN collect({source: x.id, kind: type(e), target: y.id, since: e.since, until: e.until}) AS rows
