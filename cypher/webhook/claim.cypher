// Takes a webhook for a while, unless somebody was faster or it is disabled.
// $id, $lease: string; $microseconds: int
MATCH (w:Webhook {id: $id})
SET w.lock = $id
WITH w
WHERE w.due_at <= timestamp() * 1000
SET w.due_at = timestamp() * 1000 + $microseconds, w.lease = $lease
RETURN collect({
  id: w.id, organization_id: w.organization_id, project_id: w.project_id, url: w.url,
  events: w.events, of: w.of, direction: w.direction, sealed: w.sealed,
  sealed_before: w.sealed_before, rotated_at: w.rotated_at, key_id: w.key_id, seq: w.seq,
  enabled: w.enabled, tries: w.tries, status: w.status, error_code: w.error_code,
  error_message: w.error_message, failing_since: w.failing_since, delivered_at: w.delivered_at,
  created_at: w.created_at, created_by: w.created_by, updated_at: w.updated_at,
  updated_by: w.updated_by
}) AS rows
