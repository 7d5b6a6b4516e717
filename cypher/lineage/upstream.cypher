// One hop: every edge along which data flows into these entities, as of $seq, by columns: a null is
// an empty text. Membership is left out. Of each far end there are the $fields.
// $ids, $edges, $fields: [string]; $roles: [string] or null for all; $seq: int
UNWIND $ids AS id
MATCH (n:Entity {id: id})
CALL (n) {
  MATCH (n)<-[e:USED_BY|LINKED_TO]-(m:Entity)
  RETURN e, m
  UNION ALL
  MATCH (n)-[e:LOGGED_BY]->(m:Entity)
  RETURN e, m
}
WITH n, e, m
WHERE e.since <= $seq AND (e.until IS NULL OR e.until > $seq) AND type(e) IN $edges
  AND (e.role IS NULL OR NOT e.role IN ['version', 'snapshot'])
  AND ($roles IS NULL OR e.role IS NULL OR e.role IN $roles)
RETURN collect(m.id) AS sources, collect(n.id) AS targets, collect(type(e)) AS kinds,
  collect(coalesce(e.role, '')) AS roles, collect(coalesce(e.reused, false)) AS reused,
  collect(coalesce(e.via, '')) AS vias, collect(coalesce(m.project_id, '')) AS projects,
  collect([field IN $fields | m[field]]) AS fields
