// Condemns a pack in which no content lies any more: none comes to lie there again. One that is mostly
// dead is looked at again from $again on, as is one that a sweep condemns and dies; another when the next
// content goes. One that was rewritten is left as long as its URLs work, and one of a draft that may still
// be committed, which it proves to have brought its contents.
// $key: string; $now, $again: int
MATCH (p:Pack {key: $key})
SET p.lock = $key
WITH p
WHERE p.sweep_at <= $now
OPTIONAL MATCH (u:UploadPrefix {draft_id: split(p.key, '/')[1]})
WHERE NOT EXISTS { MATCH (a:Artifact:Entity {id: u.draft_id}) WHERE a.state <> 'PENDING' }
WITH p, u, COLLECT { MATCH (b:Blob) WHERE b.key STARTS WITH p.key + '@' RETURN b.size } AS sizes
WITH p, CASE
    WHEN p.read_until > $now THEN p.read_until WHEN u.sweep_at > $now THEN u.sweep_at
    WHEN u IS NOT NULL THEN $again
  END AS later, size(sizes) = 0 AS empty, reduce(sum = 0, one IN sizes | sum + one) * 2 < p.size AS mostly
SET p.sweep_at = CASE WHEN later IS NOT NULL THEN later WHEN mostly THEN $again END,
  p.state = CASE WHEN empty AND later IS NULL THEN 'CONDEMNED' ELSE p.state END
RETURN empty AND later IS NULL AS condemned, mostly AND later IS NULL AS mostly_dead
