// Removes an integration, and with it its secret.
// $id: string
MATCH (i:Integration {id: $id})
DELETE i
