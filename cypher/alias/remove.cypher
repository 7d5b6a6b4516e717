// Takes aliases off a version; aliases that point elsewhere stay.
// $artifact_id: string; $names: [string]; $seq: int
MATCH (a:Artifact:Entity {id: $artifact_id})<-[old:CURRENT]-(alias:Alias)
WHERE alias.name IN $names
CREATE (alias)-[:WAS {since: old.since, until: $seq}]->(a)
DELETE old
