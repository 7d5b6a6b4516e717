// The sweeper asks each second for what is due: only a webhook that is enabled is.
CREATE CONSTRAINT webhook_id IF NOT EXISTS FOR (n:Webhook) REQUIRE n.id IS UNIQUE;
CREATE INDEX webhook_project IF NOT EXISTS FOR (n:Webhook) ON (n.project_id);
CREATE INDEX webhook_due IF NOT EXISTS FOR (n:Webhook) ON (n.due_at);
