// Locks a collection and reads what decides the outcome of a commit: the next index, the latest
// version, whether the chosen version or one of the aliases is in the way.
// $collection_id, $chosen_version: string (null: none chosen); $aliases: [string]
MATCH (c:ArtifactCollection:Entity {id: $collection_id})
SET c.lock = $collection_id
WITH c
OPTIONAL CALL (c) {
  MATCH (a:Artifact)
  WHERE a.collection_key > c.id + '|' AND a.collection_key < c.id + '}' AND a.state = 'COMMITTED'
  RETURN a AS latest ORDER BY a.collection_key DESC LIMIT 1
}
OPTIONAL MATCH (taken:Artifact {collection_id: c.id, version: $chosen_version})
OPTIONAL MATCH (alias:Alias {collection_id: c.id, name: $chosen_version})
WHERE alias.protected OR EXISTS { (alias)-[:CURRENT]->() }
OPTIONAL MATCH (named:Artifact) WHERE named.collection_id = c.id AND named.version IN $aliases
RETURN c.name AS name, coalesce(c.read_only, false) AS read_only,
  coalesce(c.next_index, 0) AS next_index, latest.id AS latest_id,
  latest.digest AS latest_digest,
  taken IS NOT NULL AS version_taken, alias IS NOT NULL AS version_is_alias,
  collect(named.version) AS aliases_taken
