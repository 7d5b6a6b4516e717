// Moves the ledgers to the place of the newest entity.
// $seq: int
MATCH (l:Ledger)
SET l.seq = $seq
