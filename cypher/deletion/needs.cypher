// Which of these entities are kept on purpose: versions with aliases, versions that are members of a
// model or dataset, runs that go on. Of aliases only protected ones count where $expiring.
// $ids: [string]; $projects: [string] or null for all; $expiring: bool
UNWIND $ids AS id
MATCH (n:Entity {id: id})
WITH n,
  COLLECT {
    MATCH (n)<-[:CURRENT]-(alias:Alias)
    WHERE alias.protected OR NOT $expiring
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
