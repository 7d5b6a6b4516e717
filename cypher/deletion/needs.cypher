// Which of these entities are kept on purpose: versions with aliases, versions that are members of a
// model or dataset, runs that go on. Of aliases only protected ones count where $expiring, and on the
// versions of a collection below an index, which go with it.
// $ids: [string]; $projects: [string] or null for all; $expiring: bool
// $collection_id: string or null; $below: int or null
UNWIND $ids AS id
MATCH (n:Entity {id: id})
WITH n,
  n:Artifact AND coalesce(n.collection_id = $collection_id AND n.index < $below, false) AS goes
WITH n, goes,
  COLLECT {
    MATCH (n)<-[:CURRENT]-(alias:Alias)
    WHERE alias.protected OR NOT ($expiring OR goes)
    RETURN alias.name ORDER BY alias.name
  } AS aliases,
  COLLECT {
    MATCH (n)-[e:LINKED_TO]->(c:Entity)
    WHERE e.until IS NULL AND e.role IN ['version', 'snapshot']
      AND ($projects IS NULL OR c.project_id IN $projects)
    RETURN c.id ORDER BY c.id
  } AS containers,
  n:Run AND n.status = 'RUNNING' AS running,
  n:Artifact AND n.state = 'COMMITTED' AS living
WHERE aliases <> [] OR containers <> [] OR running OR living
RETURN collect({
  id: n.id, aliases: aliases, containers: containers, running: running, living: living
}) AS rows
