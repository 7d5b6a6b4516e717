// How many a list holds.
RETURN count(n) AS count
