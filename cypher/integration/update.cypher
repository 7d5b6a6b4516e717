// Overwrites properties of an integration. No Revision keeps what they were: that was a secret.
// $id: string; $properties: map
MATCH (i:Integration {id: $id})
SET i += $properties
