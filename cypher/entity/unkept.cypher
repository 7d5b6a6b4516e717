// How many of an entity and the versions of a collection keep_name has not written down as they lie
// now; in all lists where $moves.
// $id: string; $moves: bool
MATCH (e:Entity {id: $id})
CALL (e) {
  RETURN e AS n
  UNION ALL
  MATCH (n:Artifact)-[:VERSION_OF]->(e)
  RETURN n
}
WITH n WHERE n.named_since IS NOT NULL
OPTIONAL MATCH (f:FormerName {subject_id: n.id, since: n.named_since})
WITH n, f WHERE f IS NULL OR $moves AND f.list_key IS NULL
RETURN count(n) AS count
