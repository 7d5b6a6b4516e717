"""How the Neo4j of the tests plans."""

PLANNED_ONCE = "dbms.cypher.min_replan_interval=1h\n"
"""For one that is emptied all the time: each time it would plan every statement anew."""
