// Those of these metrics that a run has, without their points.
// $run_id: string; $keys: [string]
UNWIND $keys AS key
MATCH (m:Metric {run_id: $run_id, key: key})
RETURN collect({
  run_id: m.run_id, key: m.key, levels: m.levels, last: m.last, min: m.min, max: m.max
}) AS rows
