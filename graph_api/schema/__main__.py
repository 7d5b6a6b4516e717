"""Prints the schema: ``python -m graph_api.schema > schema.graphql``."""

from graph_api.schema import schema

print(schema.as_str())
