// The run that logged each entity first, of those that the viewer may see.
// scan: sorts the producers of one entity at a time.
// $ids: [string]; $seq: int; $projects: [string] or null for all
UNWIND $ids AS id
CALL (id) {
  MATCH (:Entity {id: id})-[e:LOGGED_BY]->(r:Run)
  WHERE e.since <= $seq AND (e.until IS NULL OR e.until > $seq)
    AND ($projects IS NULL OR r.project_id IN $projects)
  WITH e, r ORDER BY e.since, r.id LIMIT 1
  RETURN r
}
RETURN collect({of: id, id: r.id}) AS rows
