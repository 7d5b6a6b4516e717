// The digests of these versions that no other version has which is not deleted.
// $ids: [string]
UNWIND $ids AS id
MATCH (a:Artifact:Entity {id: id})
WITH DISTINCT a.digest AS digest
WHERE digest IS NOT NULL AND NOT EXISTS {
  MATCH (other:Artifact {digest: digest})
  WHERE other.state <> 'DELETED' AND NOT other.id IN $ids
}
RETURN collect({digest: digest}) AS rows
