"""Which byte stores a row is tested on, and how to see that nothing is in the service."""

import pytest

from graph_api import Client

on_the_folder = pytest.mark.parametrize("service", ["folder"], indirect=True)
"""For rows that no byte store has a part in; all others run on each."""


def nothing_of(client: Client) -> bool:
    """Whether the service does not even know the client's project, as before its first write."""
    document = "query ($name: String!) { project(name: $name) { id } }"
    return client.execute(document, {"name": client.project})["project"] is None
