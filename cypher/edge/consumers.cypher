// The runs that used each entity, by id, one page for each.
// scan: sorts the direct neighbours of one entity at a time.
// $ids: [string]; $after: string; $first: int; $projects: [string] or null for all
UNWIND $ids AS id
CALL (id) {
  MATCH (:Entity {id: id})-[e:USED_BY]->(x:Run)
  WHERE e.until IS NULL AND x.id > $after
    AND ($projects IS NULL OR x.project_id IS NULL OR x.project_id IN $projects)
  WITH e, x ORDER BY x.id LIMIT $first
  RETURN collect({
    id: x.id, reused: e.reused, role: e.role,
    via: CASE WHEN $projects IS NULL OR EXISTS {
      MATCH (c:Entity {id: e.via}) WHERE c.project_id IN $projects
    } THEN e.via END
  }) AS found
}
RETURN collect({of: id, found: found}) AS rows
