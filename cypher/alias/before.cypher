// Where an alias points, and the version at which it pointed last of those that are others and not
// deleted.
// scan: sorts the periods of one alias.
// $collection_id, $name: string
MATCH (alias:Alias {collection_id: $collection_id, name: $name})
OPTIONAL MATCH (alias)-[:CURRENT]->(now:Artifact)
OPTIONAL CALL (alias, now) {
  MATCH (alias)-[was:WAS]->(a:Artifact)
  WHERE a.state = 'COMMITTED' AND (now IS NULL OR a <> now)
  RETURN a AS before ORDER BY was.until DESC LIMIT 1
}
RETURN now.id AS artifact_id, before.id AS before_id
