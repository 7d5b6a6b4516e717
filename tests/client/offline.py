"""Clients that are offline."""

from pathlib import Path

from graph_api import Client


def offline(client: Client, folder: Path) -> Client:
    """A client of the same project that has no service, and a folder instead."""
    return Client("http://127.0.0.1:1", project=client.project, offline=folder)
