// The points of one metric, in chunks, in the order in which they were logged.
// scan: sorts the chunks of one metric.
// $run_id, $key: string
MATCH (m:Metric {run_id: $run_id, key: $key})-[has:HAS_CHUNK]->(c:MetricChunk)
WITH has, c ORDER BY has.number
RETURN collect({steps: c.steps, times: c.times, numbers: c.numbers, values: c.values}) AS rows
