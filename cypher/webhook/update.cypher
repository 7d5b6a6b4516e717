// Overwrites properties of a webhook, and begins anew with it: whoever delivers it has lost it, and what
// failed is forgotten. No Revision keeps what they were: some were secrets.
// $id: string; $properties: map
MATCH (w:Webhook {id: $id})
SET w += $properties
SET w.lease = null, w.tries = 0, w.failing_since = null, w.error_code = null, w.error_message = null,
  w.due_at = CASE WHEN w.enabled THEN timestamp() * 1000 END
