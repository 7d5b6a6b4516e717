// The Project of this name, if the viewer may see it, and the newest seq: of it, as of ledger/now,
// the next statement sees everything.
// $organization_id, $name: string; $projects: [string] or null for all
MATCH (p:Project {organization_id: $organization_id, name: $name})
WHERE $projects IS NULL OR p.project_id IN $projects
MATCH (l:Ledger {organization_id: p.organization_id})
RETURN p.id AS id, p.name AS name, l.seq AS newest
