// Removes some of the records that were made before a time; how many.
// $before: int, microseconds since 1970 UTC; $most: int
MATCH (i:Idempotency)
WHERE i.created_at < $before
WITH i LIMIT $most
DELETE i
RETURN count(*) AS count
