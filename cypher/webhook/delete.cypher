// Removes a webhook, and with it its secret.
// $id: string
MATCH (w:Webhook {id: $id})
DELETE w
