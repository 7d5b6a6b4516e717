// Takes locked versions back, with those of the aliases they lost that nothing else has by now; of
// several that lost an alias, the last to lose it. Protected ones come back in projects that the
// viewer administers, but to none that is $barred. The time to live begins anew. A Revision keeps
// the state that they had until $seq.
// scan: sorts the aliases of a few versions.
// $ids, $barred: [string]; $by, $before, $after: string; $seq, $at: int; $managed: [string] or null for all
UNWIND $ids AS id
MATCH (a:Artifact:Entity {id: id})
WITH a, a.deleted AS deleted
SET a.state = 'COMMITTED', a.deleted = null, a.deleted_at = null, a.deleted_by = null,
  a.purge_at = null, a.updated_at = $at, a.updated_by = $by,
  a.expires_at = CASE WHEN a.time_to_live IS NOT NULL THEN $at + a.time_to_live * 1000000 END
CREATE (:Revision {
  subject_id: a.id, until: $seq, at: $at, by: $by, before: $before, after: $after
})-[:REVISES]->(a)
WITH a, deleted
MATCH (a)<-[:WAS {until: deleted}]-(alias:Alias)
WHERE NOT EXISTS { (alias)-[:CURRENT]->() }
  AND (alias.protected IS NULL
    OR (NOT a.id IN $barred AND ($managed IS NULL OR a.project_id IN $managed)))
  AND NOT EXISTS { MATCH (:Artifact {collection_id: a.collection_id, version: alias.name}) }
WITH alias, a, deleted ORDER BY deleted DESC
WITH alias, head(collect(a)) AS a
CREATE (alias)-[:CURRENT {since: $seq, at: $at, by: $by}]->(a)
