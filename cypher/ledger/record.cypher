// Leaves the change of a drawn seq, chained to the one before, with an edge to each subject.
// $organization_id, $by, $what, $previous, $hash: string; $seq, $at: int; $subjects: [string]
MATCH (l:Ledger {organization_id: $organization_id})
SET l.seq = $seq, l.at = $at, l.hash = $hash
CREATE (c:Change {
  organization_id: $organization_id, seq: $seq, at: $at, by: $by, what: $what,
  subjects: $subjects, previous: $previous, hash: $hash
})
WITH c
UNWIND c.subjects AS id
MATCH (s:Entity {id: id})
CREATE (c)-[:CHANGED {seq: c.seq}]->(s)
