// One page of the committed versions of a project or a collection, by a key of theirs.
// $low, $high: string, keys from which on and up to which; $seq, $first: int; $where: bool
// $projects: [string] or null for all
MATCH (n:Artifact)
WHERE n.list_key >= $low AND n.list_key < $high AND n.since <= $seq
  AND ($projects IS NULL OR n.project_id IN $projects) AND $where
WITH n, n.list_key AS place ORDER BY n.list_key LIMIT $first
RETURN collect({
  place: place,
  item: {
    id: n.id, project_id: n.project_id, collection_id: n.collection_id, name: n.name,
    type: n.type, index: n.index, version: n.version, state: n.state, digest: n.digest,
    size: n.size, file_count: n.file_count, description: n.description, metadata: n.metadata,
    tags: n.tags, since: n.since, created_at: n.created_at, created_by: n.created_by,
    committed_at: n.committed_at, updated_at: n.updated_at,
    updated_by: coalesce(n.updated_by, n.created_by), system_metadata: n.system_metadata
  }
}) AS rows
