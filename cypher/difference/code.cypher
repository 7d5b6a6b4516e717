// The versions of type `code` that these runs used or logged as of $seq, of those that the viewer
// may see.
// $ids: [string]; $seq: int; $projects: [string] or null for all
UNWIND $ids AS id
MATCH (r:Run:Entity {id: id})
CALL (r) {
  MATCH (a:Artifact)-[e:USED_BY]->(r)
  WHERE e.since <= $seq AND (e.until IS NULL OR e.until > $seq)
  RETURN a
  UNION
  MATCH (a:Artifact)-[e:LOGGED_BY]->(r)
  WHERE e.since <= $seq AND (e.until IS NULL OR e.until > $seq)
  RETURN a
}
WITH r, a
WHERE a.type = 'code' AND ($projects IS NULL OR a.project_id IN $projects)
RETURN collect({of: r.id, id: a.id}) AS rows
