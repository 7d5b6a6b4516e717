// What relies on these entities as of $seq: names, places in models that the viewer sees, uses.
// Whether an alias is protected is as of now.
// scan: sorts the aliases and the uses of one entity at a time.
// $ids: [string]; $seq: int; $projects: [string] or null for all
UNWIND $ids AS id
MATCH (n:Entity {id: id})
RETURN collect({
  id: n.id,
  bytes: n.size,
  running: n:Run AND n.status = 'RUNNING',
  aliases: COLLECT {
    MATCH (n)<-[e:CURRENT|WAS]-(alias:Alias)
    WHERE e.since <= $seq AND (e.until IS NULL OR e.until > $seq)
    RETURN {name: alias.name, protected: coalesce(alias.protected, false)} ORDER BY alias.name
  },
  places: COLLECT {
    MATCH (n)-[e:LINKED_TO]->(m:Model)
    WHERE e.role = 'version' AND e.since <= $seq AND (e.until IS NULL OR e.until > $seq)
      AND ($projects IS NULL OR m.project_id IN $projects)
    RETURN {
      container_id: m.id, artifact_id: n.id, index: e.index, stage: e.stage, at: e.at, by: e.by
    } ORDER BY m.id
  },
  used_at: head(COLLECT {
    MATCH (n)-[e:USED_BY]->(r:Run)
    WHERE e.since <= $seq AND (e.until IS NULL OR e.until > $seq)
      AND ($projects IS NULL OR r.project_id IN $projects)
    RETURN e.at ORDER BY e.since DESC LIMIT 1
  })
}) AS rows
