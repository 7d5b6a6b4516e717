// Draws USED_BY from things to the run that used them, where there is none yet: their ids. The time
// to live of a version begins anew, whether it was used by the run before or not.
// $uses: [{id: string, via: string or null}], distinct; $run_id: string; $seq, $at: int
MATCH (r:Run:Entity {id: $run_id})
UNWIND $uses AS use
MATCH (x:Entity {id: use.id})
SET x.expires_at = CASE WHEN x.state = 'COMMITTED' AND x.time_to_live IS NOT NULL
  THEN $at + x.time_to_live * 1000000 END
WITH r, use, x
WHERE NOT EXISTS { MATCH (x)-[e:USED_BY]->(r) WHERE e.until IS NULL }
CREATE (x)-[e:USED_BY {since: $seq, at: $at}]->(r)
SET e.via = use.via
RETURN x.id AS id
