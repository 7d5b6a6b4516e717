// Runs, with all that the service writes of one.
// $rows: [map]
UNWIND $rows AS row
CREATE (r:Entity:Run)
SET r = row
