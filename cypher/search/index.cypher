// Writes what the full-text index holds of each entity; without it an entity is not found.
// $documents: [{id: string; search: string or null}]
UNWIND $documents AS document
MATCH (n:Entity {id: document.id})
SET n.search = document.search
