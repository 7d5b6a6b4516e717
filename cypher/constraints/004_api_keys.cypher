// A request is let in by the hash of the secret that it brings.
CREATE CONSTRAINT api_key_id IF NOT EXISTS FOR (n:ApiKey) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT api_key_sha256 IF NOT EXISTS FOR (n:ApiKey) REQUIRE n.sha256 IS UNIQUE;
CREATE INDEX api_key_organization IF NOT EXISTS FOR (n:ApiKey) ON (n.organization_id);
