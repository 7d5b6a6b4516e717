// One hop: every edge along which data flows out of these entities, as of $seq. Membership is left out.
// $ids, $edges: [string]; $roles: [string] or null for all; $seq: int
UNWIND $ids AS id
MATCH (n:Entity {id: id})
CALL (n) {
  MATCH (n)-[e:USED_BY|LINKED_TO]->(m:Entity)
  RETURN e, m
  UNION ALL
  MATCH (n)<-[e:LOGGED_BY]-(m:Entity)
  RETURN e, m
}
WITH n, e, m
WHERE e.since <= $seq AND (e.until IS NULL OR e.until > $seq) AND type(e) IN $edges
  AND (e.role IS NULL OR NOT e.role IN ['version', 'snapshot'])
  AND ($roles IS NULL OR e.role IS NULL OR e.role IN $roles)
RETURN collect({
  source: n.id, target: m.id, kind: type(e), role: e.role, reused: coalesce(e.reused, false),
  via: e.via, project_id: m.project_id
}) AS rows
