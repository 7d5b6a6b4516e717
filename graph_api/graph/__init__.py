"""Runs named Cypher against Neo4j. Knows no entity."""

from graph_api.graph.graph import Graph, Transaction, Vanished, connect
from graph_api.graph.query import Nothing, Query, cypher
from graph_api.graph.where import Keys, Listing, holding, listing

Reader = Graph | Transaction

__all__ = [
    "Graph",
    "Keys",
    "Listing",
    "Nothing",
    "Query",
    "Reader",
    "Transaction",
    "Vanished",
    "connect",
    "cypher",
    "holding",
    "listing",
]
