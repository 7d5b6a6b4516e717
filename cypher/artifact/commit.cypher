// Makes a draft the next version of its locked collection, with its pages in order.
// $id, $collection_id, $project_id, $version, $digest: string; $index, $size, $file_count: int;
// $seq, $at: int; $pages: [string], digests
MATCH (a:Artifact:Entity {id: $id})-[:VERSION_OF]->(c:ArtifactCollection)
SET c.next_index = $index + 1,
  a.state = 'COMMITTED', a.index = $index, a.version = $version, a.digest = $digest,
  a.size = $size, a.file_count = $file_count, a.since = $seq, a.committed_at = $at,
  a.updated_at = $at, a.list_key = $project_id + '|' + right('000000000000000' + toString($seq), 16),
  a.collection_key = $collection_id + '|' + right('0000000000' + toString($index), 10),
  a.name = c.name, a.type = c.type, a.named_since = $seq,
  a.name_key = $project_id + '|' + c.name + '\t' + right('0000000000' + toString($index), 10),
  a.lock = null
WITH a
UNWIND range(0, size($pages) - 1) AS position
MATCH (p:ManifestPage {digest: $pages[position]})
CREATE (a)-[:HAS_PAGE {position: position}]->(p)
SET p.sweep_at = null
