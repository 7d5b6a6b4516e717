// An artifact, the runs that used it, and what each of them logged, by id.
// $id: string; $runs: int
MATCH (a:Artifact:Entity {id: $id})
RETURN a {
  .id, .name, .version, .size,
  usedBy: COLLECT {
    MATCH (a)-[:USED_BY]->(r:Run)
    WITH r ORDER BY r.id LIMIT $runs
    RETURN r {
      .id, .name, .status,
      logged: COLLECT {
        MATCH (r)<-[:LOGGED_BY]-(x:Artifact)
        WITH x ORDER BY x.id LIMIT 20
        RETURN x {.id, .name, .version, .size}
      }
    }
  }
} AS answer
