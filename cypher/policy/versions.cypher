// What a policy asks of these versions; other entities are left out.
// $ids: [string]
UNWIND $ids AS id
MATCH (a:Artifact:Entity {id: id})
RETURN collect({
  id: a.id, license: a.`meta.license`, tags: coalesce(a.tags, []), committed_at: a.committed_at,
  created_by: a.created_by
}) AS rows
