// The policy of the project that an entity lies in; of a project its own.
// $id: string
MATCH (n:Entity {id: $id})
MATCH (p:Project:Entity {id: n.project_id})
RETURN p.name AS project, p.policy AS policy
