// The withdrawals of an organization that stand; of some entities only, where these are given.
// $organization_id: string; $ids: [string] or null for all
MATCH (w:Withdrawal {standing: $organization_id})-[:WITHDRAWS]->(n:Entity)
WHERE $ids IS NULL OR n.id IN $ids
RETURN collect({
  entity_id: n.id, project_id: n.project_id, since: w.since, reason: w.reason, at: w.at, by: w.by,
  clearances: [(w)<-[:CLEARS]-(c:Clearance) | {
    entity_id: c.entity_id, since: c.since, reason: c.reason, at: c.at, by: c.by
  }]
}) AS rows
