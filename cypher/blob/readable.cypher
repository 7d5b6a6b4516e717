// Which of these contents a committed version that the viewer can read already contains.
// $digests: [string]; $projects: [string] or null for all
UNWIND $digests AS sha256
MATCH (b:Blob {sha256: sha256})
WHERE b.state = 'LIVE' AND EXISTS {
  MATCH (b)<-[:LISTS]-(:ManifestPage)<-[:HAS_PAGE]-(a:Artifact)
  WHERE a.state = 'COMMITTED' AND ($projects IS NULL OR a.project_id IN $projects)
}
RETURN collect({sha256: b.sha256, key: b.key, size: b.size}) AS rows
