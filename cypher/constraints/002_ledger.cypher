// One ledger per organization; a change is named by its place in it.
CREATE CONSTRAINT ledger_organization IF NOT EXISTS
FOR (n:Ledger) REQUIRE n.organization_id IS UNIQUE;
CREATE CONSTRAINT change_seq IF NOT EXISTS
FOR (n:Change) REQUIRE (n.organization_id, n.seq) IS UNIQUE;
CREATE INDEX change_at IF NOT EXISTS FOR (n:Change) ON (n.organization_id, n.at);
CREATE CONSTRAINT idempotency_key IF NOT EXISTS
FOR (n:Idempotency) REQUIRE (n.user, n.key) IS UNIQUE;
CREATE INDEX idempotency_created IF NOT EXISTS FOR (n:Idempotency) ON (n.created_at);
