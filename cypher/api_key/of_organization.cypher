// All keys of an organization, the oldest first.
// scan: sorts the keys of one organization, which people make one by one.
// $organization_id: string
MATCH (k:ApiKey {organization_id: $organization_id})
WITH k ORDER BY k.id
RETURN collect({
  id: k.id, user: k.user, scope: k.scope, created_at: k.created_at, expires_at: k.expires_at,
  revoked_at: k.revoked_at,
  grants: COLLECT {
    MATCH (k)-[g:GRANTS]->(p:Project)
    WITH g, p ORDER BY p.name
    RETURN {project_id: p.id, project: p.name, scope: g.scope}
  }
}) AS rows
