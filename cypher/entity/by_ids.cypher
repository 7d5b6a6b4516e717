// What is asked of the entities of these ids that the viewer may see, drafts too. A draft has the
// name and the type that its collection has now.
// $ids, $fields: [string]; $projects: [string] or null for all
UNWIND $ids AS id
MATCH (n:Entity {id: id})
WHERE $projects IS NULL OR n.project_id IS NULL OR n.project_id IN $projects
WITH collect(n) AS nodes
RETURN $fields AS fields, [
  field IN $fields | CASE WHEN field IN ['name', 'type']
    THEN [n IN nodes | coalesce(n[field], head([(n)-[:VERSION_OF]->(c) | c[field]]))]
    ELSE [n IN nodes | n[field]]
  END
] AS columns
