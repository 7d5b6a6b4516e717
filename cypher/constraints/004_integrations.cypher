// Of one place in a project's buckets one credential signs; a name is its own within the project.
CREATE CONSTRAINT integration_id IF NOT EXISTS FOR (n:Integration) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT integration_name IF NOT EXISTS
FOR (n:Integration) REQUIRE (n.project_id, n.name) IS UNIQUE;
CREATE CONSTRAINT integration_place IF NOT EXISTS
FOR (n:Integration) REQUIRE (n.project_id, n.bucket, n.prefix) IS UNIQUE;
CREATE INDEX integration_project IF NOT EXISTS FOR (n:Integration) ON (n.project_id);
