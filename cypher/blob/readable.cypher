// Which of these contents a committed version that the viewer can read already contains, or the draft
// with this prefix in the store has brought.
// $digests: [string]; $projects: [string] or null for all; $prefix: string
UNWIND $digests AS sha256
MATCH (b:Blob {sha256: sha256})
WHERE b.state = 'LIVE' AND (
  b.key STARTS WITH $prefix
  OR EXISTS { MATCH (b)<-[:REPEATS]-(p:Pack) WHERE p.key STARTS WITH $prefix }
  OR EXISTS {
    MATCH (b)<-[:LISTS]-(:ManifestPage)<-[:HAS_PAGE]-(a:Artifact)
    WHERE a.state = 'COMMITTED' AND ($projects IS NULL OR a.project_id IN $projects)
  }
)
RETURN collect({sha256: b.sha256, key: b.key, size: b.size}) AS rows
