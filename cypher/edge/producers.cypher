// The runs that logged each entity, by id, one page for each.
// scan: sorts the direct neighbours of one entity at a time.
// $ids, $fields: [string]; $low, $high: string; $seq, $first: int; $backward: bool
// $projects: [string] or null for all
UNWIND $ids AS id
CALL (id) {
  MATCH (:Entity {id: id})-[e:LOGGED_BY]->(x:Run)
  WHERE e.since <= $seq AND (e.until IS NULL OR e.until > $seq)
    AND x.id >= $low AND x.id < $high
    AND ($projects IS NULL OR x.project_id IS NULL OR x.project_id IN $projects)
  WITH e, x ORDER BY CASE WHEN $backward THEN x.id END DESC, x.id LIMIT $first
  RETURN x AS n, {place: x.id, via: e.via, reused: e.reused, role: e.role} AS edge
}
WITH collect(id) AS of, collect([field IN $fields | n[field]]) AS rows, collect(edge) AS edges
RETURN of, [e IN edges | e.place] AS places, [e IN edges | e.via] AS vias,
  [e IN edges | e.reused] AS reused, [e IN edges | e.role] AS roles,
  $fields AS fields, [i IN range(0, size($fields) - 1) | [row IN rows | row[i]]] AS columns
