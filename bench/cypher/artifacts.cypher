// Committed versions in their collections, logged by the runs that they name.
// $rows: [map]
UNWIND $rows AS row
MATCH (c:ArtifactCollection:Entity {id: row.collection_id})
CREATE (a:Entity:Artifact)-[:VERSION_OF]->(c)
SET a = row
WITH a
MATCH (r:Run:Entity {id: a.run_id})
CREATE (a)-[:LOGGED_BY {since: a.since, at: a.committed_at, reused: false}]->(r)
