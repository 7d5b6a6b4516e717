// Gives a new dataset the snapshots of another, under their indexes, and links the other to it as its
// source: those that are not deleted and the viewer sees, whose ids are the answer.
// $source_id, $id, $by: string; $seq, $at: int; $projects: [string] or null for all
MATCH (source:Dataset:Entity {id: $source_id})
CALL (source) {
  MATCH (clone:Dataset:Entity {id: $id})
  SET clone.next_index = source.next_index
  CREATE (source)-[:LINKED_TO {role: 'source dataset', since: $seq, at: $at, by: $by}]->(clone)
  RETURN clone
}
MATCH (source)<-[e:LINKED_TO {role: 'snapshot'}]-(a:Artifact)
WHERE e.until IS NULL AND a.state = 'COMMITTED' AND ($projects IS NULL OR a.project_id IN $projects)
CREATE (a)-[:LINKED_TO {role: 'snapshot', index: e.index, since: $seq, at: $at, by: $by}]->(clone)
RETURN collect({id: a.id}) AS rows
