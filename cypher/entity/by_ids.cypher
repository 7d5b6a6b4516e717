// What is asked of the entities of these ids that the viewer may see, drafts too. A draft has the
// name and the type that its collection has now. All of an entity is read before the next one.
// $ids, $fields: [string]; $projects: [string] or null for all
UNWIND $ids AS id
MATCH (n:Entity {id: id})
WHERE $projects IS NULL OR n.project_id IS NULL OR n.project_id IN $projects
WITH collect([
  field IN $fields | CASE WHEN field IN ['name', 'type']
    THEN coalesce(n[field], head([(n)-[:VERSION_OF]->(c) | c[field]]))
    ELSE n[field]
  END
]) AS rows
RETURN $fields AS fields, [i IN range(0, size($fields) - 1) | [row IN rows | row[i]]] AS columns
