// The sweeper asks each second for what is due: only a job that has not ended is. Jobs of a project
// are listed by their ids, which sort by their time, and go a while after their end.
CREATE CONSTRAINT job_id IF NOT EXISTS FOR (n:Job) REQUIRE n.id IS UNIQUE;
CREATE INDEX job_project IF NOT EXISTS FOR (n:Job) ON (n.project_id, n.id);
CREATE INDEX job_due IF NOT EXISTS FOR (n:Job) ON (n.due_at);
CREATE INDEX job_ended IF NOT EXISTS FOR (n:Job) ON (n.ended_at);
