// A run that used something, directly or as the newest member of a container, as of $seq. What the
// viewer may not see is used by none, also through what they may.
// $value: string; $seq: int; $projects: [string] or null for all
EXISTS {
  MATCH (n)<-[e:USED_BY]-(x:Entity)
  WHERE $value IN [x.id, e.via] AND e.since <= $seq AND (e.until IS NULL OR e.until > $seq)
    AND ($projects IS NULL OR x.project_id IS NULL OR x.project_id IN $projects)
}
