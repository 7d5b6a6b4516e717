// The newest seq that every reader sees in full.
// $organization_id: string
MATCH (l:Ledger {organization_id: $organization_id})
RETURN l.seq AS seq, l.at AS at
