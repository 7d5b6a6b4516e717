// Seals the secret of an integration anew, unless it has been replaced meanwhile.
// $id, $before, $after: string
MATCH (i:Integration {id: $id})
SET i.lock = $id
WITH i WHERE i.sealed = $before
SET i.sealed = $after
