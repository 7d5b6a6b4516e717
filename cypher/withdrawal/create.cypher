// Withdraws an entity.
// $id, $organization_id, $reason, $by: string; $seq, $at: int
MATCH (n:Entity {id: $id})
CREATE (:Withdrawal {
  standing: $organization_id, since: $seq, reason: $reason, at: $at, by: $by
})-[:WITHDRAWS]->(n)
