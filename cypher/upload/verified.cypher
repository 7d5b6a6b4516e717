// Those of these uploads, by their slots, whose object is the content.
// $slots: [string]
UNWIND $slots AS slot
MATCH (u:Upload {slot: slot})
WHERE u.state = 'VERIFIED'
RETURN collect({id: u.id, sha256: u.sha256, size: u.size, key: u.key}) AS rows
