// The names of the experiments and projects of these runs; those of no experiment are left out.
// $ids: [string]
UNWIND $ids AS id
MATCH (r:Run:Entity {id: id})
MATCH (e:Experiment:Entity {id: r.experiment_id})
MATCH (p:Project:Entity {id: e.project_id})
RETURN collect({id: r.id, project: p.name, experiment: e.name}) AS rows
