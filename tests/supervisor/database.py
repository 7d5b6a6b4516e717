"""Asking a started Neo4j, by the driver alone."""

from typing import Any, LiteralString

from neo4j import GraphDatabase


def query(uri: str, user: str, password: str, text: LiteralString) -> list[Any]:
    """The first column of the answer."""
    with GraphDatabase.driver(uri, auth=(user, password)) as driver:  # pyright: ignore[reportUnknownMemberType]  # untyped **config
        return [record[0] for record in driver.execute_query(text).records]
