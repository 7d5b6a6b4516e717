// Returns once every index answers.
CALL db.awaitIndexes(120);
