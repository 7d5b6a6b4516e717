// The periods in which an alias pointed at a version, in the order in which they began.
// scan: sorts the periods of one alias.
// $organization_id, $collection_id, $name: string; $low, $high, $first: int; $backward: bool
MATCH (alias:Alias {collection_id: $collection_id, name: $name})-[e:CURRENT|WAS]->(a:Artifact)
WHERE e.since >= $low AND e.since < $high
WITH e, a ORDER BY CASE WHEN $backward THEN e.since END DESC, e.since LIMIT $first
MATCH (began:Change {organization_id: $organization_id, seq: e.since})
OPTIONAL MATCH (ended:Change {organization_id: $organization_id, seq: e.until})
RETURN collect({
  artifact_id: a.id, since: e.since, set_at: began.at, set_by: began.by,
  until: e.until, ended_at: ended.at, ended_by: ended.by
}) AS rows
