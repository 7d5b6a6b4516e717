// The runs that used each entity, by id, one page for each.
// scan: sorts the direct neighbours of one entity at a time.
// $ids: [string]; $after: string; $first: int; $projects: [string] or null for all
UNWIND $ids AS id
CALL (id) {
  MATCH (:Entity {id: id})-[e:USED_BY]->(x:Run)
  WHERE e.until IS NULL AND x.id > $after
    AND ($projects IS NULL OR x.project_id IS NULL OR x.project_id IN $projects)
  WITH e, x ORDER BY x.id LIMIT $first
  RETURN collect({id: x.id, via: e.via, reused: e.reused, role: e.role}) AS found
}
RETURN collect({of: id, found: found}) AS rows
