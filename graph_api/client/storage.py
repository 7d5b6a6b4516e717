"""Storage: bytes that versions hold in the store of the service."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph_api.client.errors import NotFound

if TYPE_CHECKING:
    from graph_api.client.client import Client

_FIELDS = "storage { bytes exclusiveBytes sharedBytes }"
_BY_ID = f"""\
query ($id: ID!) {{ node(id: $id) {{
  ... on Artifact {{ {_FIELDS} }} ... on ArtifactCollection {{ {_FIELDS} }} }} }}"""
_OF_PROJECT = f"query ($name: String!) {{ project(name: $name) {{ {_FIELDS} }} }}"


@dataclass(frozen=True, slots=True)
class Storage:
    """Bytes of contents and manifests, each counted once; deleted versions count until they go."""

    bytes: int
    exclusive_bytes: int
    """Of them, what no other version holds that you can read: it would go with these."""
    shared_bytes: int


def storage(client: "Client", id: str) -> Storage:
    """What the version or the collection of this id holds; NotFound once it cannot be seen."""
    found = client.execute(_BY_ID, {"id": id})["node"]
    if found is None:
        raise NotFound(f"The service has no {id!r} any more.")
    return _storage(found)


def of_project(client: "Client", name: str) -> Storage:
    """What the versions of the project of this name hold; NotFound if there is none."""
    found = client.execute(_OF_PROJECT, {"name": name})["project"]
    if found is None:
        raise NotFound(f"The service has no project {name!r}.")
    return _storage(found)


def _storage(found: Mapping[str, Any]) -> Storage:
    held = found["storage"]
    return Storage(int(held["bytes"]), int(held["exclusiveBytes"]), int(held["sharedBytes"]))
