// The pages of a version in order.
// $id: string
MATCH (:Artifact:Entity {id: $id})-[has:HAS_PAGE]->(p:ManifestPage)
WITH has, p ORDER BY has.position
RETURN collect({
  digest: p.digest, key: p.key, first_path: p.first_path, last_path: p.last_path, count: p.count, size: p.size
}) AS rows
