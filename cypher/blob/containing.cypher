// Versions that can be read and contain a content, by id.
// scan: sorts the versions that have one content.
// $sha256, $low, $high: string; $first: int; $backward: bool; $projects: [string] or null for all
MATCH (:Blob {sha256: $sha256})<-[:LISTS]-(:ManifestPage)<-[:HAS_PAGE]-(a:Artifact)
WHERE a.id >= $low AND a.id < $high AND a.state = 'COMMITTED'
  AND ($projects IS NULL OR a.project_id IN $projects)
WITH DISTINCT a.id AS id ORDER BY CASE WHEN $backward THEN id END DESC, id LIMIT $first
RETURN collect({id: id}) AS rows
