// The run that logged each entity first, where one did, if the viewer may see it.
// scan: sorts the producers of one entity at a time.
// $ids: [string]; $projects: [string] or null for all
UNWIND $ids AS id
CALL (id) {
  MATCH (:Entity {id: id})-[e:LOGGED_BY]->(r:Run)
  WHERE e.until IS NULL
  WITH e, r ORDER BY e.since, r.id LIMIT 1
  RETURN r
}
WITH id, r
WHERE $projects IS NULL OR r.project_id IN $projects
RETURN collect({of: id, id: r.id}) AS rows
