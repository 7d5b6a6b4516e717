// What each entity is linked to, membership apart, by id, one page for each.
// Links of the same two differ in their seq.
// scan: sorts the direct neighbours of one entity at a time.
// $ids, $fields: [string]; $low, $high: string; $seq, $first: int; $backward: bool
// $projects: [string] or null for all
UNWIND $ids AS id
CALL (id) {
  MATCH (:Entity {id: id})-[e:LINKED_TO]->(x:Entity)
  WHERE e.since <= $seq AND (e.until IS NULL OR e.until > $seq)
    AND ($projects IS NULL OR x.project_id IS NULL OR x.project_id IN $projects)
    AND NOT e.role IN ['version', 'snapshot']
  WITH e, x, x.id + '|' + toString(e.since) AS place WHERE place >= $low AND place < $high
  WITH e, x, place ORDER BY CASE WHEN $backward THEN place END DESC, place LIMIT $first
  RETURN x AS n, {place: place, via: e.via, reused: e.reused, role: e.role} AS edge
}
WITH collect(id) AS of, collect([field IN $fields | n[field]]) AS rows, collect(edge) AS edges
RETURN of, [e IN edges | e.place] AS places, [e IN edges | e.via] AS vias,
  [e IN edges | e.reused] AS reused, [e IN edges | e.role] AS roles,
  $fields AS fields, [i IN range(0, size($fields) - 1) | [row IN rows | row[i]]] AS columns
