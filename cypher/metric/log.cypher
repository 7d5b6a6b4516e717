// Writes metrics of a locked run anew, and the chunks of points that are new or grew.
// $run_id: string; $metrics: [{key, last: string; levels: [int]; min, max: float or null}];
// $chunks: [{key: string; level, number: int; steps, times: [int]; numbers: [float] or null;
// values: string or null}]
MATCH (r:Run:Entity {id: $run_id})
UNWIND $metrics AS metric
MERGE (m:Metric {run_id: $run_id, key: metric.key})
MERGE (m)-[:METRIC_OF]->(r)
SET m.levels = metric.levels, m.last = metric.last, m.min = metric.min, m.max = metric.max
WITH count(m) AS written
UNWIND $chunks AS chunk
MATCH (m:Metric {run_id: $run_id, key: chunk.key})
MERGE (c:MetricChunk {
  run_id: $run_id, key: chunk.key, level: chunk.level, number: chunk.number
})
MERGE (m)-[:HAS_CHUNK]->(c)
SET c.steps = chunk.steps, c.times = chunk.times, c.numbers = chunk.numbers,
  c.values = chunk.values
