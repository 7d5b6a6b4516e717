// The key of this id.
// $id: string
MATCH (k:ApiKey {id: $id})
RETURN k.id AS id, k.user AS user, k.scope AS scope, k.created_at AS created_at,
  k.expires_at AS expires_at, k.revoked_at AS revoked_at,
  COLLECT {
    MATCH (k)-[g:GRANTS]->(p:Project)
    RETURN {project_id: p.id, project: p.name, scope: g.scope}
  } AS grants
