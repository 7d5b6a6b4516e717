// The best hits of full-text queries after a place in their ranking, and which of $terms each has.
// scan: sorts what the full-text index found, which is at most $most for each query.
// $queries, $terms: [string]; $most, $since, $first: int; $score: float; $id: string;
// $projects: [string] or null for all
UNWIND $queries AS query
CALL db.index.fulltext.queryNodes('search', query, {limit: $most}) YIELD node AS n, score
WHERE n.since IS NOT NULL AND coalesce(n.state, 'COMMITTED') = 'COMMITTED'
  AND ($projects IS NULL OR n.project_id IN $projects)
  AND (score < $score OR score = $score AND (n.since < $since OR n.since = $since AND n.id < $id))
WITH n, score ORDER BY score DESC, n.since DESC, n.id DESC LIMIT $first
RETURN collect({
  id: n.id, score: score, since: n.since,
  terms: [term IN $terms WHERE ' ' + n.search CONTAINS ' ' + term]
}) AS rows
