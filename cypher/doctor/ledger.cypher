// Where an organization's ledger says that it is.
// $organization_id: string
MATCH (l:Ledger {organization_id: $organization_id})
RETURN l.seq AS seq, l.hash AS hash
