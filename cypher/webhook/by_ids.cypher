// The webhooks of these ids, as far as they are of these projects.
// $ids: [string]; $projects: [string] or null for all
MATCH (w:Webhook)
WHERE w.id IN $ids AND ($projects IS NULL OR w.project_id IN $projects)
RETURN collect({
  id: w.id, organization_id: w.organization_id, project_id: w.project_id, url: w.url,
  events: w.events, of: w.of, direction: w.direction, sealed: w.sealed,
  sealed_before: w.sealed_before, rotated_at: w.rotated_at, key_id: w.key_id, seq: w.seq,
  enabled: w.enabled, tries: w.tries, status: w.status, error_code: w.error_code,
  error_message: w.error_message, failing_since: w.failing_since, delivered_at: w.delivered_at,
  created_at: w.created_at, created_by: w.created_by, updated_at: w.updated_at,
  updated_by: w.updated_by
}) AS rows
