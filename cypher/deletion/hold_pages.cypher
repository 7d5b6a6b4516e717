// Locks the pages of versions in the order of their digests.
// scan: sorts the pages of a few versions.
// $ids: [string]
UNWIND $ids AS id
MATCH (:Artifact:Entity {id: id})-[:HAS_PAGE]->(p:ManifestPage)
WITH DISTINCT p ORDER BY p.digest
SET p.lock = p.digest
