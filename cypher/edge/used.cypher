// What each run used, by id, one page for each.
// scan: sorts the direct neighbours of one entity at a time.
// $ids, $fields: [string]; $low, $high: string; $seq, $first: int; $backward: bool
// $projects: [string] or null for all
UNWIND $ids AS id
CALL (id) {
  MATCH (:Run:Entity {id: id})<-[e:USED_BY]-(x:Entity)
  WHERE e.since <= $seq AND (e.until IS NULL OR e.until > $seq)
    AND x.id >= $low AND x.id < $high
    AND ($projects IS NULL OR x.project_id IS NULL OR x.project_id IN $projects)
  WITH e, x ORDER BY CASE WHEN $backward THEN x.id END DESC, x.id LIMIT $first
  RETURN x AS n, {
    place: x.id, reused: e.reused, role: e.role,
    via: CASE WHEN $projects IS NULL OR EXISTS {
      MATCH (c:Entity {id: e.via}) WHERE c.project_id IN $projects
    } THEN e.via END
  } AS edge
}
WITH collect(id) AS of, collect([field IN $fields | n[field]]) AS rows, collect(edge) AS edges
RETURN of, [e IN edges | e.place] AS places, [e IN edges | e.via] AS vias,
  [e IN edges | e.reused] AS reused, [e IN edges | e.role] AS roles,
  $fields AS fields, [i IN range(0, size($fields) - 1) | [row IN rows | row[i]]] AS columns
