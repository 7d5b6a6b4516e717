// The sweep asks for the runs that fell silent; only those that go on have a heartbeat.
CREATE INDEX run_heartbeat IF NOT EXISTS FOR (n:Run) ON (n.heartbeat_at);
