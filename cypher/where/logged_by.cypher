// Was logged by a run, as of $seq.
// $value: string; $seq: int
EXISTS {
  MATCH (n)-[e:LOGGED_BY]->(:Run:Entity {id: $value})
  WHERE e.since <= $seq AND (e.until IS NULL OR e.until > $seq)
}
