// A run that logged something, as of $seq.
// $value: string; $seq: int
EXISTS {
  MATCH (n)<-[e:LOGGED_BY]-(:Entity {id: $value})
  WHERE e.since <= $seq AND (e.until IS NULL OR e.until > $seq)
}
