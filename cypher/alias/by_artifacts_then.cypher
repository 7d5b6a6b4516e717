// The names of the aliases that pointed at each version as of $seq, sorted.
// $ids: [string]; $seq: int
UNWIND $ids AS id
MATCH (a:Artifact:Entity {id: id})
RETURN collect({
  artifact_id: id,
  names: COLLECT {
    MATCH (a)<-[e:CURRENT|WAS]-(alias:Alias)
    WHERE e.since <= $seq AND (e.until IS NULL OR e.until > $seq)
    RETURN alias.name ORDER BY alias.name
  }
}) AS rows
