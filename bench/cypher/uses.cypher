// What runs used, written with the run itself.
// $rows: [{run: string; used: [string]}]
UNWIND $rows AS row
MATCH (r:Run:Entity {id: row.run})
UNWIND row.used AS id
MATCH (x:Artifact:Entity {id: id})
CREATE (x)-[:USED_BY {since: r.since, at: r.created_at}]->(r)
