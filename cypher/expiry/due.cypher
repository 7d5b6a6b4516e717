// The versions whose time to live is over, those first whose time has been over longest.
// $now, $first: int
MATCH (a:Artifact)
WHERE a.expires_at <= $now AND a.state = 'COMMITTED'
WITH a ORDER BY a.expires_at LIMIT $first
RETURN collect({id: a.id}) AS rows
