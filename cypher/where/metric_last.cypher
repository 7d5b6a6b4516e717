// Operand: the last value, if it is a number, of a metric of the run.
// $key: string
head(COLLECT { MATCH (m:Metric {run_id: n.id, key: $key}) RETURN toFloat(m.last) })
