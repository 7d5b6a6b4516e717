// Lists page on these without a sort: `list_key` is scope|id.
CREATE INDEX project_list IF NOT EXISTS FOR (n:Project) ON (n.list_key);
CREATE INDEX artifact_collection_list IF NOT EXISTS FOR (n:ArtifactCollection) ON (n.list_key);
CREATE INDEX artifact_list IF NOT EXISTS FOR (n:Artifact) ON (n.list_key);
CREATE INDEX artifact_collection_versions IF NOT EXISTS FOR (n:Artifact) ON (n.collection_key);
CREATE INDEX experiment_list IF NOT EXISTS FOR (n:Experiment) ON (n.list_key);
CREATE INDEX run_list IF NOT EXISTS FOR (n:Run) ON (n.list_key);
CREATE INDEX run_experiment_list IF NOT EXISTS FOR (n:Run) ON (n.experiment_key);
CREATE INDEX model_list IF NOT EXISTS FOR (n:Model) ON (n.list_key);
CREATE INDEX dataset_list IF NOT EXISTS FOR (n:Dataset) ON (n.list_key);
