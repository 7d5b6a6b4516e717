// Removes some of the jobs that ended before a time; how many.
// $before, $most: int
MATCH (j:Job)
WHERE j.ended_at < $before
WITH j LIMIT $most
DELETE j
RETURN count(*) AS count
