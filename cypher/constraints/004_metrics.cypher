// A chunk of points has its place in one level of one metric.
CREATE CONSTRAINT metric_chunk IF NOT EXISTS
FOR (n:MetricChunk) REQUIRE (n.run_id, n.key, n.level, n.number) IS UNIQUE;
