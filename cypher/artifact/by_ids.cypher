// Each version asked for, drafts too, that the viewer may see.
// $ids: [string]; $projects: [string] or null for all
UNWIND $ids AS id
MATCH (a:Artifact:Entity {id: id})-[:VERSION_OF]->(c:ArtifactCollection)
WHERE $projects IS NULL OR a.project_id IN $projects
RETURN collect({
  id: a.id, project_id: a.project_id, collection_id: a.collection_id, name: c.name, type: c.type,
  index: a.index, version: a.version, state: a.state, digest: a.digest, size: a.size,
  file_count: a.file_count, description: a.description, metadata: a.metadata, tags: a.tags,
  since: a.since, created_at: a.created_at, created_by: a.created_by,
  committed_at: a.committed_at, updated_at: a.updated_at,
  updated_by: coalesce(a.updated_by, a.created_by), system_metadata: a.system_metadata
}) AS rows
