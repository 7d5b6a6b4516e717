// Hits of full-text queries in a stretch of their ranking (score, seq, id) from its best on, or from
// its worst if $backward, and which of $terms each has.
// scan: sorts what the full-text index found, which is at most $most for each query.
// $queries, $terms: [string]; $most, $first: int; $low, $high: [any]; $backward: bool;
// $projects: [string] or null for all
UNWIND $queries AS query
CALL db.index.fulltext.queryNodes('search', query, {limit: $most}) YIELD node AS n, score
WHERE n.since IS NOT NULL AND coalesce(n.state, 'COMMITTED') = 'COMMITTED'
  AND ($projects IS NULL OR n.project_id IN $projects)
WITH n, score, [score, n.since, n.id] AS rank WHERE rank >= $low AND rank < $high
WITH n, score, rank ORDER BY CASE WHEN $backward THEN rank END, rank DESC LIMIT $first
RETURN collect({
  id: n.id, score: score, since: n.since,
  terms: [term IN $terms WHERE ' ' + n.search CONTAINS ' ' + term]
}) AS rows
