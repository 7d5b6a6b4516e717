// Finds uploads by their slots or begins them, in the order given (sorted, so that two who ask never
// wait for each other). The sweep leaves them alone until $sweep_at.
// $uploads: [{slot, id, key, user, sha256: string; size, part_size: int}]; $sweep_at: int
UNWIND $uploads AS new
MERGE (u:Upload {slot: new.slot})
ON CREATE SET u.id = new.id, u.key = new.key, u.user = new.user, u.sha256 = new.sha256,
  u.size = new.size, u.part_size = new.part_size, u.state = 'OPEN', u.store_id = '',
  u.checked = 0, u.found = '', u.found_size = 0, u.reader = '', u.read_until = 0
SET u.sweep_at = $sweep_at
WITH u
WHERE u.id IS NOT NULL
RETURN collect({
  id: u.id, key: u.key, sha256: u.sha256, size: u.size, part_size: u.part_size, state: u.state,
  store_id: u.store_id, checked: u.checked, found: u.found, found_size: u.found_size
}) AS rows
