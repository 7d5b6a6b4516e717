// The id of the version that a version or an alias of the collection names now; null for none.
// $collection_id, $version: string
OPTIONAL MATCH (a:Artifact {collection_id: $collection_id, version: $version})
WHERE a.state <> 'PENDING'
OPTIONAL MATCH (:Alias {collection_id: $collection_id, name: $version})-[:CURRENT]->(b:Artifact)
RETURN coalesce(a.id, b.id) AS id
