// Condemns a pack in which no content lies any more: none comes to lie there again. One that is mostly
// dead is looked at again from $again on, as is one that a sweep condemns and dies; another when the next
// content goes.
// $key: string; $now, $again: int
MATCH (p:Pack {key: $key})
SET p.lock = $key
WITH p
WHERE p.sweep_at <= $now
WITH p, COLLECT { MATCH (b:Blob) WHERE b.key STARTS WITH p.key + '@' RETURN b.size } AS sizes
WITH p, size(sizes) = 0 AS empty, reduce(sum = 0, one IN sizes | sum + one) * 2 < p.size AS mostly
SET p.sweep_at = CASE WHEN mostly THEN $again END,
  p.state = CASE WHEN empty THEN 'CONDEMNED' ELSE p.state END
RETURN empty AS condemned, mostly AS mostly_dead
