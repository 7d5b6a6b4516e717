// Makes a job, which is due at once. The clock is the graph's, which all sweepers share.
// $properties: map
CREATE (j:Job)
SET j = $properties, j.due_at = timestamp() * 1000
