// Makes a webhook, which is due at once; its secret comes sealed. The clock is the graph's, which all
// sweepers share.
// $properties: map
CREATE (w:Webhook)
SET w = $properties, w.due_at = timestamp() * 1000
