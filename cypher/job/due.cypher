// Jobs that wait to be gone on with, those first that wait longest; one that nobody says to be at any
// more is among them.
// $first: int
MATCH (j:Job)
WHERE j.due_at <= timestamp() * 1000
WITH j ORDER BY j.due_at LIMIT $first
RETURN collect({id: j.id}) AS rows
