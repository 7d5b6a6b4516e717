// Locks a model or dataset and says which index its next member gets, and whether the artifact is
// one already.
// $container_id, $artifact_id: string
MATCH (c:Entity {id: $container_id})
SET c.lock = $container_id
WITH c
OPTIONAL MATCH (:Artifact:Entity {id: $artifact_id})-[e:LINKED_TO]->(c)
WHERE e.until IS NULL AND e.role IN ['version', 'snapshot']
RETURN coalesce(c.next_index, 0) AS next_index, e.index AS index, e.stage AS stage
