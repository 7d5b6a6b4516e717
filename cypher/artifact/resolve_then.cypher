// The id of the version that a version or an alias of the collection named as of $seq; null for none.
// $collection_id, $version: string; $seq: int
OPTIONAL MATCH (a:Artifact {collection_id: $collection_id, version: $version})
WHERE a.state <> 'PENDING' AND a.since <= $seq
OPTIONAL MATCH (:Alias {collection_id: $collection_id, name: $version})-[e:CURRENT|WAS]->(b:Artifact)
WHERE e.since <= $seq AND (e.until IS NULL OR e.until > $seq)
RETURN coalesce(a.id, b.id) AS id
