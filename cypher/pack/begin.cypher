// A pack that is to be written; whoever dies leaves it to the sweep.
// $key: string; $size, $sweep_at: int
CREATE (:Pack {key: $key, size: $size, sweep_at: $sweep_at, state: 'LIVE', read_until: 0})
