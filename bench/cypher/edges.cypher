// How many edges there are; the count store knows.
MATCH ()-[e]->()
RETURN count(e) AS count
