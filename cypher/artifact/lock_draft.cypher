// Locks a version and reads what its commit needs. One that was removed while this waited for the
// lock is still there to be locked, and has no properties; one may have been moved out of sight.
// $id: string; $projects: [string] or null for all
MATCH (a:Artifact:Entity {id: $id})
WHERE $projects IS NULL OR a.project_id IN $projects
SET a.lock = $id
WITH a
WHERE a.id IS NOT NULL AND ($projects IS NULL OR a.project_id IN $projects)
RETURN a.id AS id, a.project_id AS project_id, a.collection_id AS collection_id, a.state AS state,
  a.run_id AS run_id, a.chosen_version AS chosen_version, a.aliases AS aliases, a.tags AS tags,
  a.deduplicate AS deduplicate, a.same_as AS same_as,
  COUNT { (:UploadPrefix {draft_id: $id})<-[:OF]-() } AS batches
