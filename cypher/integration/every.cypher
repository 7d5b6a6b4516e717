// All integrations, by id.
// scan: of integrations there are few, and each is looked at.
MATCH (i:Integration)
WITH i ORDER BY i.id
RETURN collect({
  id: i.id, project_id: i.project_id, name: i.name, bucket: i.bucket, prefix: i.prefix,
  endpoint: i.endpoint, region: i.region, access_key: i.access_key, sealed: i.sealed,
  created_at: i.created_at, created_by: i.created_by, updated_at: i.updated_at, updated_by: i.updated_by
}) AS rows
