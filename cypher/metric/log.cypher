// Appends a chunk of points to metrics of a locked run.
// $run_id: string; $metrics: [{key, last: string; count, chunks: int; min, max: float or null;
// numbers: [float] or null; values: string or null; steps, times: [int]}]
MATCH (r:Run:Entity {id: $run_id})
UNWIND $metrics AS metric
MERGE (m:Metric {run_id: $run_id, key: metric.key})
ON CREATE SET m.since = 0
MERGE (m)-[:METRIC_OF]->(r)
SET m.count = metric.count, m.chunks = metric.chunks, m.last = metric.last, m.min = metric.min,
  m.max = metric.max
CREATE (m)-[:HAS_CHUNK {number: metric.chunks}]->(:MetricChunk {
  steps: metric.steps, times: metric.times, numbers: metric.numbers, values: metric.values
})
