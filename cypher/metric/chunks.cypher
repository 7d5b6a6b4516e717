// Chunks of points of metrics, each range on one level and from its first to its last number.
// $ranges: [{run_id, key: string; level, first, last: int}]
UNWIND $ranges AS wanted
MATCH (c:MetricChunk {run_id: wanted.run_id, key: wanted.key, level: wanted.level})
WHERE c.number >= wanted.first AND c.number <= wanted.last
RETURN collect({
  run_id: c.run_id, key: c.key, level: c.level, number: c.number, steps: c.steps, times: c.times,
  numbers: c.numbers, values: c.values
}) AS rows
