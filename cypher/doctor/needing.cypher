// Some versions that have a page or a content, by name.
// $digest: string
CALL () {
  MATCH (:Blob {sha256: $digest})<-[:LISTS]-(:ManifestPage)<-[:HAS_PAGE]-(a:Artifact)
  RETURN a LIMIT 3
  UNION
  MATCH (:ManifestPage {digest: $digest})<-[:HAS_PAGE]-(a:Artifact)
  RETURN a LIMIT 3
}
MATCH (a)-[:VERSION_OF]->(c:ArtifactCollection)
RETURN collect({id: a.id, name: c.name + ':' + a.version}) AS rows
