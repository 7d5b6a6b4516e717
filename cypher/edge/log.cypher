// Draws LOGGED_BY from things to the run that logged them, where there is none yet: their ids. The
// time to live of a version begins anew, whether it was logged by the run before or not.
// $ids: [string], distinct; $run_id: string; $reused: bool; $seq, $at: int
MATCH (r:Run:Entity {id: $run_id})
UNWIND $ids AS id
MATCH (x:Entity {id: id})
SET x.expires_at = CASE WHEN x.state = 'COMMITTED' AND x.time_to_live IS NOT NULL
  THEN $at + x.time_to_live * 1000000 END
WITH r, x
WHERE NOT EXISTS { MATCH (x)-[e:LOGGED_BY]->(r) WHERE e.until IS NULL }
CREATE (x)-[:LOGGED_BY {since: $seq, at: $at, reused: $reused}]->(r)
RETURN x.id AS id
