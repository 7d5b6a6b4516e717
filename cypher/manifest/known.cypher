// A page: whether it is stored and not on its way out, and whether a committed version has it that
// the viewer can read.
// $digest: string; $projects: [string] or null for all
MATCH (p:ManifestPage {digest: $digest})
RETURN p.state = 'LIVE' AS live, coalesce(p.key, '') AS key, EXISTS {
  MATCH (p)<-[:HAS_PAGE]-(a:Artifact)
  WHERE a.state = 'COMMITTED' AND ($projects IS NULL OR a.project_id IN $projects)
} AS readable
