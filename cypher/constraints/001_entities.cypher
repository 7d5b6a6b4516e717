// Uniqueness of ids and names. No part of a composite constraint is ever null.
CREATE CONSTRAINT entity_id IF NOT EXISTS FOR (n:Entity) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT organization_name IF NOT EXISTS FOR (n:Organization) REQUIRE n.name IS UNIQUE;
CREATE CONSTRAINT project_name IF NOT EXISTS
FOR (n:Project) REQUIRE (n.organization_id, n.name) IS UNIQUE;
CREATE CONSTRAINT artifact_collection_name IF NOT EXISTS
FOR (n:ArtifactCollection) REQUIRE (n.project_id, n.name) IS UNIQUE;
CREATE CONSTRAINT artifact_version IF NOT EXISTS
FOR (n:Artifact) REQUIRE (n.collection_id, n.version) IS UNIQUE;
CREATE CONSTRAINT alias_name IF NOT EXISTS
FOR (n:Alias) REQUIRE (n.collection_id, n.name) IS UNIQUE;
CREATE CONSTRAINT experiment_name IF NOT EXISTS
FOR (n:Experiment) REQUIRE (n.project_id, n.name) IS UNIQUE;
CREATE CONSTRAINT run_key IF NOT EXISTS FOR (n:Run) REQUIRE (n.project_id, n.key) IS UNIQUE;
CREATE CONSTRAINT run_number IF NOT EXISTS FOR (n:Run) REQUIRE (n.project_id, n.number) IS UNIQUE;
CREATE CONSTRAINT metric_key IF NOT EXISTS FOR (n:Metric) REQUIRE (n.run_id, n.key) IS UNIQUE;
CREATE CONSTRAINT model_name IF NOT EXISTS FOR (n:Model) REQUIRE (n.project_id, n.name) IS UNIQUE;
CREATE CONSTRAINT dataset_name IF NOT EXISTS
FOR (n:Dataset) REQUIRE (n.project_id, n.name) IS UNIQUE;
