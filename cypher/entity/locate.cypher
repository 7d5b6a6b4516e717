// The entities of these ids that the viewer may see, and their projects; drafts are left out.
// $ids: [string]; $projects: [string] or null for all
UNWIND $ids AS id
MATCH (n:Entity {id: id})
WHERE n.since IS NOT NULL
  AND ($projects IS NULL OR n.project_id IS NULL OR n.project_id IN $projects)
RETURN collect({
  id: n.id, project_id: n.project_id, since: n.since, deleted: n.deleted, purge_at: n.purge_at,
  kind: [label IN labels(n) WHERE label <> 'Entity'][0]
}) AS rows
