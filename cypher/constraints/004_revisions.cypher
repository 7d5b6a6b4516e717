// What a change overwrote of an entity is found by both.
CREATE INDEX revision_until IF NOT EXISTS FOR (n:Revision) ON (n.subject_id, n.until);
