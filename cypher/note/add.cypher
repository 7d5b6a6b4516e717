// Leaves a note about an entity.
// $id, $text, $by: string; $key: string or null; $seq, $at: int
MATCH (n:Entity {id: $id})
CREATE (note:Note {text: $text, at: $at, by: $by})-[:ABOUT {seq: $seq}]->(n)
SET note.key = $key
