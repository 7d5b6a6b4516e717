// One index over `search`, which the writing transaction keeps (`models/search.py` says how): what
// is committed is found by the next read. The terms are made by us, so spaces part them.
CREATE FULLTEXT INDEX search IF NOT EXISTS
FOR (n:Project|ArtifactCollection|Artifact|Experiment|Run|Model|Dataset) ON EACH [n.search]
OPTIONS {indexConfig: {
  `fulltext.analyzer`: 'whitespace', `fulltext.eventually_consistent`: false
}};
