// Webhooks for which something was written to the ledger and that wait to be gone on with, those first
// that wait longest; one that nobody says to be at any more is among them.
// $first: int
MATCH (w:Webhook)
WHERE w.due_at <= timestamp() * 1000
MATCH (l:Ledger {organization_id: w.organization_id})
WHERE l.seq > w.seq
WITH w ORDER BY w.due_at LIMIT $first
RETURN collect({id: w.id}) AS rows
