// Lists page on these without a sort. Each begins with the scope: `list_key`, `collection_key` and
// `experiment_key` go on in order of creation, those of names by name.
CREATE INDEX project_list IF NOT EXISTS FOR (n:Project) ON (n.list_key);
CREATE INDEX artifact_collection_list IF NOT EXISTS FOR (n:ArtifactCollection) ON (n.list_key);
CREATE INDEX artifact_list IF NOT EXISTS FOR (n:Artifact) ON (n.list_key);
CREATE INDEX artifact_collection_versions IF NOT EXISTS FOR (n:Artifact) ON (n.collection_key);
CREATE INDEX experiment_list IF NOT EXISTS FOR (n:Experiment) ON (n.list_key);
CREATE INDEX run_list IF NOT EXISTS FOR (n:Run) ON (n.list_key);
CREATE INDEX run_experiment_list IF NOT EXISTS FOR (n:Run) ON (n.experiment_key);
CREATE INDEX model_list IF NOT EXISTS FOR (n:Model) ON (n.list_key);
CREATE INDEX dataset_list IF NOT EXISTS FOR (n:Dataset) ON (n.list_key);
CREATE INDEX project_names IF NOT EXISTS FOR (n:Project) ON (n.name_key);
CREATE INDEX artifact_collection_names IF NOT EXISTS FOR (n:ArtifactCollection) ON (n.name_key);
CREATE INDEX artifact_names IF NOT EXISTS FOR (n:Artifact) ON (n.name_key);
CREATE INDEX experiment_names IF NOT EXISTS FOR (n:Experiment) ON (n.name_key);
CREATE INDEX run_names IF NOT EXISTS FOR (n:Run) ON (n.name_key);
CREATE INDEX run_experiment_names IF NOT EXISTS FOR (n:Run) ON (n.experiment_name_key);
CREATE INDEX model_names IF NOT EXISTS FOR (n:Model) ON (n.name_key);
CREATE INDEX dataset_names IF NOT EXISTS FOR (n:Dataset) ON (n.name_key);
CREATE CONSTRAINT former_name IF NOT EXISTS
FOR (n:FormerName) REQUIRE (n.subject_id, n.since) IS UNIQUE;
CREATE INDEX former_lists IF NOT EXISTS FOR (n:FormerName) ON (n.list_key);
CREATE INDEX former_names IF NOT EXISTS FOR (n:FormerName) ON (n.name_key);
CREATE INDEX former_experiment_names IF NOT EXISTS FOR (n:FormerName) ON (n.experiment_name_key);
