// The metrics of each run, by key, without their points.
// scan: sorts the metrics of one run at a time, which are few.
// $ids: [string]
UNWIND $ids AS id
MATCH (:Run:Entity {id: id})<-[:METRIC_OF]-(m:Metric)
WITH m ORDER BY m.run_id, m.key
RETURN collect({
  run_id: m.run_id, key: m.key, levels: m.levels, last: m.last, min: m.min, max: m.max
}) AS rows
