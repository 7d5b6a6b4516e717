// Has locked contents lie in another pack, which has been written; those that went meanwhile do not.
// The pack where they lay is looked at by the sweep from $sweep_at on. Nothing where the sweep has taken
// the new one.
// $from, $to: string, keys of packs; $sweep_at: int; $moved: [{sha256, before, after: string}]
MATCH (new:Pack {key: $to})
SET new.lock = $to
WITH new
WHERE new.state = 'LIVE'
SET new.sweep_at = null
WITH new
MATCH (old:Pack {key: $from})
SET old.sweep_at = $sweep_at
WITH old
UNWIND $moved AS one
MATCH (b:Blob {sha256: one.sha256})
WHERE b.key = one.before AND b.state = 'LIVE'
SET b.key = one.after
