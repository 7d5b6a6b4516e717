// Locks versions in the order given. Drafts are among them.
// $ids: [string], sorted; $projects: [string] or null for all
UNWIND $ids AS id
MATCH (a:Artifact:Entity {id: id})
WHERE $projects IS NULL OR a.project_id IN $projects
SET a.lock = id
WITH a
WHERE a.id IS NOT NULL AND ($projects IS NULL OR a.project_id IN $projects)
RETURN collect({
  id: a.id, project_id: a.project_id, collection_id: a.collection_id, state: a.state,
  purge_at: a.purge_at, expires_at: a.expires_at
}) AS rows
