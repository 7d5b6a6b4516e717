// Has locked contents lie in another pack, which has been written; those that went meanwhile do not.
// The one where they lay stays until $read_until for those who have its URLs; both are looked at again.
// Nothing where the sweep has taken the new one.
// $from, $to: string, keys of packs; $read_until: int; $moved: [{sha256, before, after: string}]
MATCH (new:Pack {key: $to})
SET new.lock = $to
WITH new
WHERE new.state = 'LIVE'
MATCH (old:Pack {key: $from})
SET old.sweep_at = $read_until, old.read_until = $read_until
WITH old
UNWIND $moved AS one
MATCH (b:Blob {sha256: one.sha256})
WHERE b.key = one.before AND b.state = 'LIVE'
SET b.key = one.after
