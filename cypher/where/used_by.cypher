// Was used by a run directly, as of $seq.
// $value: string; $seq: int
EXISTS {
  MATCH (n)-[e:USED_BY]->(:Run:Entity {id: $value})
  WHERE e.since <= $seq AND (e.until IS NULL OR e.until > $seq)
}
