// The newest seq that every reader sees in full, and that of the last move to another project.
// $organization_id: string
MATCH (l:Ledger {organization_id: $organization_id})
RETURN l.seq AS seq, l.at AS at, coalesce(l.moved, 0) AS moved
