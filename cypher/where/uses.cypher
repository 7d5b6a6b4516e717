// A run that used something, directly or as the newest member of a container, as of $seq.
// $value: string; $seq: int
EXISTS {
  MATCH (n)<-[e:USED_BY]-(x:Entity)
  WHERE $value IN [x.id, e.via] AND e.since <= $seq AND (e.until IS NULL OR e.until > $seq)
}
