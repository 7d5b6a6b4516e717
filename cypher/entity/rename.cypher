// Moves a locked entity, and the versions of a collection, in lists by name. The keys are
// scope|name, a tab, and what tells those of one name apart.
// $id, $name: string; $seq: int
MATCH (e:Entity {id: $id})
CALL (e) {
  RETURN e AS n
  UNION ALL
  MATCH (n:Artifact)-[:VERSION_OF]->(e)
  RETURN n
}
WITH n WHERE n.named_since IS NOT NULL
MATCH (f:FormerName {subject_id: n.id, since: n.named_since})
SET f.until = $seq, n.name = $name, n.named_since = $seq,
  n.name_key = split(n.name_key, '|')[0] + '|' + $name + '\t' + split(n.name_key, '\t')[1],
  n.experiment_name_key = split(n.experiment_name_key, '|')[0] + '|' + $name + '\t' + n.id
