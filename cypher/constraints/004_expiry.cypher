// The sweep asks for the versions whose time to live is over; only those that have one expire.
CREATE INDEX artifact_expiry IF NOT EXISTS FOR (n:Artifact) ON (n.expires_at);
