// The versions at which protected aliases of a collection point, each once.
// $collection_id: string
MATCH (alias:Alias)
WHERE alias.collection_id = $collection_id AND alias.name IS NOT NULL AND alias.protected
MATCH (alias)-[:CURRENT]->(a:Artifact)
WITH DISTINCT a.id AS id
RETURN collect({id: id}) AS rows
