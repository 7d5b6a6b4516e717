// One node per distinct content.
CREATE CONSTRAINT blob_sha256 IF NOT EXISTS FOR (n:Blob) REQUIRE n.sha256 IS UNIQUE;
CREATE CONSTRAINT manifest_page_digest IF NOT EXISTS
FOR (n:ManifestPage) REQUIRE n.digest IS UNIQUE;
// No two hold the same object; the sweep asks which objects are held.
CREATE CONSTRAINT blob_key IF NOT EXISTS FOR (n:Blob) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT manifest_page_key IF NOT EXISTS FOR (n:ManifestPage) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT pack_key IF NOT EXISTS FOR (n:Pack) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT upload_prefix_draft IF NOT EXISTS
FOR (n:UploadPrefix) REQUIRE n.draft_id IS UNIQUE;
// The sweep looks at what is due, however much there is beside it.
CREATE INDEX artifact_purge IF NOT EXISTS FOR (n:Artifact) ON (n.purge_at);
CREATE INDEX blob_sweep IF NOT EXISTS FOR (n:Blob) ON (n.sweep_at);
CREATE INDEX pack_sweep IF NOT EXISTS FOR (n:Pack) ON (n.sweep_at);
CREATE INDEX manifest_page_sweep IF NOT EXISTS FOR (n:ManifestPage) ON (n.sweep_at);
CREATE INDEX upload_prefix_sweep IF NOT EXISTS FOR (n:UploadPrefix) ON (n.sweep_at);
// Which version has this content as a whole.
CREATE INDEX artifact_digest IF NOT EXISTS FOR (n:Artifact) ON (n.digest);
// One upload in parts per user and content that goes on; the sweep finds what nobody asks for.
CREATE CONSTRAINT upload_id IF NOT EXISTS FOR (n:Upload) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT upload_key IF NOT EXISTS FOR (n:Upload) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT upload_slot IF NOT EXISTS FOR (n:Upload) REQUIRE n.slot IS UNIQUE;
CREATE INDEX upload_sweep IF NOT EXISTS FOR (n:Upload) ON (n.sweep_at);
