// The newest version in a stage of a locked model, with the stage that it left for this one, and the
// version that was last in the stage of those that came there before it: now, if it is there still.
// Deleted versions are none of them.
// scan: sorts the periods of one model.
// $container_id, $stage: string; $projects: [string] or null for all
MATCH (c:Entity {id: $container_id})
OPTIONAL CALL (c) {
  MATCH (c)<-[e:LINKED_TO]-(a:Artifact)
  WHERE e.role = 'version' AND e.until IS NULL AND e.stage = $stage AND a.state = 'COMMITTED'
    AND ($projects IS NULL OR a.project_id IN $projects)
  RETURN e AS held, a AS holder ORDER BY e.index DESC LIMIT 1
}
OPTIONAL MATCH (c)<-[origin:LINKED_TO {role: 'version', until: held.since}]-(holder)
OPTIONAL CALL (c, held) {
  MATCH (c)<-[e:LINKED_TO]-(a:Artifact)
  WHERE e.role = 'version' AND e.stage = $stage AND a.state = 'COMMITTED'
    AND (held IS NULL OR e.since < held.since AND e.index <> held.index)
    AND ($projects IS NULL OR a.project_id IN $projects)
  RETURN e AS earlier, a AS before
  ORDER BY e.until IS NULL DESC, e.until DESC, e.index DESC LIMIT 1
}
RETURN holder.id AS artifact_id, held.index AS index, origin.stage AS left_stage,
  before.id AS before_id, earlier.index AS before_index,
  earlier IS NOT NULL AND earlier.until IS NULL AS there
