// The newest member of a model or dataset that was not deleted as of $seq, or the newest of a stage,
// or the one of an index. What a member was is looked up from the newest on, as far as need be.
// scan: sorts the members of one container.
// $container_id: string; $seq: int; $index: int or null; $stage: string or null
// $projects: [string] or null for all
MATCH (c:Entity {id: $container_id})<-[e:LINKED_TO]-(a:Artifact)
WHERE e.since <= $seq AND (e.until IS NULL OR e.until > $seq)
  AND e.role IN ['version', 'snapshot']
  AND ($index IS NULL OR e.index = $index) AND ($stage IS NULL OR e.stage = $stage)
  AND ($projects IS NULL OR a.project_id IN $projects)
WITH c, e, a ORDER BY e.index DESC
WHERE ($index IS NOT NULL OR coalesce(head(COLLECT {
    MATCH (r:Revision)
    WHERE r.subject_id = a.id AND r.until > $seq AND r.before STARTS WITH '{"state":'
    RETURN r.before ORDER BY r.subject_id, r.until LIMIT 1
  }), '{"state":"' + a.state + '"}') = '{"state":"COMMITTED"}')
WITH c, e, a ORDER BY e.index DESC LIMIT 1
RETURN c.id AS container_id, a.id AS artifact_id, e.index AS index, e.stage AS stage, e.at AS at,
  e.by AS by
