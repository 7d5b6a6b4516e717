// Versions that can be read and contain a content, by id: now, or as of $seq.
// scan: sorts the versions that have one content.
// $sha256, $low, $high: string; $first: int; $seq: int or null; $backward: bool; $projects: [string] or null for all
MATCH (:Blob {sha256: $sha256})<-[:LISTS]-(:ManifestPage)<-[:HAS_PAGE]-(a:Artifact)
WHERE a.id >= $low AND a.id < $high AND CASE WHEN $seq IS NULL THEN a.state = 'COMMITTED'
    ELSE a.since <= $seq AND (a.deleted IS NULL OR a.deleted > $seq) END
  AND ($projects IS NULL OR a.project_id IN $projects)
WITH DISTINCT a.id AS id ORDER BY CASE WHEN $backward THEN id END DESC, id LIMIT $first
RETURN collect({id: id}) AS rows
