// The organization of this name with its ledger, made where there is none.
// $name, $id, $hash: string; $at: int
MERGE (o:Organization {name: $name})
ON CREATE SET o:Entity, o.id = $id, o.created_at = $at, o.created_by = 'graph-api', o.since = 0,
  o.description = null, o.metadata = '{}'
WITH o
MERGE (l:Ledger {organization_id: o.id})
ON CREATE SET l.seq = 0, l.at = 0, l.hash = $hash
RETURN o.id AS id, o.name AS name, o.description AS description, o.metadata AS metadata,
  o.created_at AS created_at, o.created_by AS created_by
