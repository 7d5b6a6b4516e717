// One node per distinct content.
CREATE CONSTRAINT blob_sha256 IF NOT EXISTS FOR (n:Blob) REQUIRE n.sha256 IS UNIQUE;
CREATE CONSTRAINT manifest_page_digest IF NOT EXISTS
FOR (n:ManifestPage) REQUIRE n.digest IS UNIQUE;
