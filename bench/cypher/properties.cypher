// Five properties of each entity.
// $ids: [string]
UNWIND $ids AS id
MATCH (n:Entity {id: id})
RETURN collect(CASE WHEN n:Artifact
  THEN n {.id, .name, .version, .type, .size, .digest}
  ELSE n {.id, .name, .key, .number, .status, createdBy: n.created_by}
END) AS rows
