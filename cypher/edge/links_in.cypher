// What is linked to each entity, membership apart, by id and role, one page for each.
// scan: sorts the direct neighbours of one entity at a time.
// $ids: [string]; $after: string; $first: int; $projects: [string] or null for all
UNWIND $ids AS id
CALL (id) {
  MATCH (:Entity {id: id})<-[e:LINKED_TO]-(x:Entity)
  WHERE e.until IS NULL AND x.id + '|' + e.role > $after
    AND ($projects IS NULL OR x.project_id IS NULL OR x.project_id IN $projects)
    AND NOT e.role IN ['version', 'snapshot']
  WITH e, x ORDER BY x.id, e.role LIMIT $first
  RETURN collect({id: x.id, via: e.via, reused: e.reused, role: e.role}) AS found
}
RETURN collect({of: id, found: found}) AS rows
