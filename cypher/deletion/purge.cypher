// Takes the locked pages from locked versions, for the sweep to look at: their content is gone for good.
// $ids: [string]; $now: int
UNWIND $ids AS id
MATCH (a:Artifact:Entity {id: id})
SET a.purge_at = null
WITH a
MATCH (a)-[has:HAS_PAGE]->(p:ManifestPage)
SET p.sweep_at = $now
DELETE has
