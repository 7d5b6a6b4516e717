// What a policy asks of these versions; other entities are left out. With the property of the
// license come the metadata, but as they can be large only where they may say one that is none: a
// list, say.
// $ids: [string]
UNWIND $ids AS id
MATCH (a:Artifact:Entity {id: id})
RETURN collect({
  id: a.id, tags: coalesce(a.tags, []), committed_at: a.committed_at, created_by: a.created_by,
  license: [
    a.`meta.license`,
    CASE WHEN a.`meta.license` IS NULL AND a.metadata CONTAINS '"license":' THEN a.metadata END
  ]
}) AS rows
