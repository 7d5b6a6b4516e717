// Draws USED_BY from things to the run that used them, where there is none yet: their ids.
// $uses: [{id: string, via: string or null}], distinct; $run_id: string; $seq, $at: int
MATCH (r:Run:Entity {id: $run_id})
UNWIND $uses AS use
MATCH (x:Entity {id: use.id})
WHERE NOT EXISTS { MATCH (x)-[e:USED_BY]->(r) WHERE e.until IS NULL }
CREATE (x)-[e:USED_BY {since: $seq, at: $at}]->(r)
SET e.via = use.via
RETURN x.id AS id
