// The integrations of some projects, as far as the viewer may see these.
// $ids: [string]; $projects: [string] or null for all
MATCH (i:Integration)
WHERE i.project_id IN $ids AND ($projects IS NULL OR i.project_id IN $projects)
RETURN collect({
  id: i.id, project_id: i.project_id, name: i.name, bucket: i.bucket, prefix: i.prefix,
  endpoint: i.endpoint, region: i.region, access_key: i.access_key, sealed: i.sealed,
  created_at: i.created_at, created_by: i.created_by, updated_at: i.updated_at, updated_by: i.updated_by
}) AS rows
