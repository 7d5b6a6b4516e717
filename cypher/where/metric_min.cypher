// Operand: the least finite value of a metric of the run.
// $key: string
head(COLLECT { MATCH (m:Metric {run_id: n.id, key: $key}) RETURN m.min })
