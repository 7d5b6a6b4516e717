// Clears an entity of a withdrawal; where it is the very one that was withdrawn, that ends.
// $withdrawn, $id, $organization_id, $reason, $by: string; $seq, $at: int
MATCH (:Entity {id: $withdrawn})<-[:WITHDRAWS]-(w:Withdrawal {standing: $organization_id})
CREATE (:Clearance {entity_id: $id, since: $seq, reason: $reason, at: $at, by: $by})-[:CLEARS]->(w)
SET w.until = CASE WHEN $id = $withdrawn THEN $seq END,
  w.standing = CASE WHEN $id = $withdrawn THEN null ELSE w.standing END
