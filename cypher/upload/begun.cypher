// Remembers the store's name of an upload, unless another was faster to replace the one that $was.
// $id, $was, $store_id: string
MATCH (u:Upload {id: $id})
SET u.lock = $id
WITH u
SET u.store_id = CASE WHEN u.store_id = $was THEN $store_id ELSE u.store_id END
WITH u
WHERE u.id IS NOT NULL
RETURN u.store_id AS store_id
