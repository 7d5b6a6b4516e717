// Takes the organization's one lock for structural writes and draws the next seq and its time.
// $organization_id: string; $now: int, microseconds since 1970 UTC
MATCH (l:Ledger {organization_id: $organization_id})
SET l.lock = $now
WITH l
RETURN l.seq + 1 AS seq, CASE WHEN $now > l.at THEN $now ELSE l.at + 1 END AS at, l.hash AS previous
