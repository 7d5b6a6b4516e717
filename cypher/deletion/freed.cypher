// The bytes of contents and of pages that go from the store with these versions, as far as the
// viewer sees what else has them.
// $ids: [string]; $projects: [string] or null for all
OPTIONAL MATCH (a:Artifact:Entity)-[:HAS_PAGE]->(p:ManifestPage)
WHERE a.id IN $ids AND NOT EXISTS {
  MATCH (p)<-[:HAS_PAGE]-(other:Artifact)
  WHERE other.state <> 'DELETED' AND NOT other.id IN $ids
    AND ($projects IS NULL OR other.project_id IN $projects)
}
WITH collect(DISTINCT p) AS pages
CALL (pages) {
  UNWIND pages AS p
  MATCH (p)-[:LISTS]->(b:Blob)
  WITH DISTINCT b
  WHERE NOT EXISTS {
    MATCH (b)<-[:LISTS]-(:ManifestPage)<-[:HAS_PAGE]-(other:Artifact)
    WHERE other.state <> 'DELETED' AND NOT other.id IN $ids
      AND ($projects IS NULL OR other.project_id IN $projects)
  }
  RETURN coalesce(sum(b.size), 0) AS contents
}
RETURN contents, reduce(bytes = 0, p IN pages | bytes + coalesce(p.bytes, 0)) AS pages
