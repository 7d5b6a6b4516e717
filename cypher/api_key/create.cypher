// Makes a key, and draws what it grants in single projects.
// $properties: map; $grants: [{project_id: string, scope: string}]
CREATE (k:ApiKey)
SET k = $properties
WITH k
UNWIND $grants AS grant
MATCH (p:Project:Entity {id: grant.project_id})
CREATE (k)-[:GRANTS {scope: grant.scope}]->(p)
