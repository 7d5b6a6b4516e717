"""Words to store credentials with, and to have URLs signed by them."""

from datetime import timedelta
from typing import Any

from pydantic import BaseModel

from graph_api.graph import Query
from graph_api.models.integration import Integration, Options
from graph_api.models.viewer import Viewer
from graph_api.services import integration, ledger, project
from graph_api.services.keyring import Keyring
from tests.services.world import LIMITS, World


class Everything(BaseModel, frozen=True):
    """The properties of all nodes."""

    found: list[dict[str, Any]]


EVERYTHING = Query(
    "tests/everything", "MATCH (n) RETURN collect(properties(n)) AS found", Everything
)
RING = Keyring((b"k" * 32,), None)
OTHER = Keyring((b"o" * 32,), None)
HOUR = timedelta(hours=1)


def options(prefix: str = "", bucket: str = "lake", secret: str = "s3cr3t") -> Options:
    return Options.checked(bucket, prefix, "http://minio:9000", "eu-1", f"access-{secret}", secret)


async def store(
    world: World,
    name: str = "a",
    new: Options | None = None,
    within: str = "digits",
    ring: Keyring = RING,
    viewer: Viewer | None = None,
) -> str:
    viewer = viewer or world.viewer
    new = new or options()
    return await integration.create(world.graph, ring, viewer, LIMITS, within, name, new)


async def replace(world: World, id: str, name: str | None = None, new: Any = None) -> None:
    await integration.update(world.graph, RING, world.viewer, LIMITS, id, name, new)


async def found(world: World, within: str = "digits") -> list[Integration]:
    scope = await project.scope(world.graph, world.viewer, within)
    return (await integration.by_projects(world.graph, world.viewer, [scope.id]))[0]


async def signed(world: World, uri: str, within: str = "digits", ring: Keyring = RING) -> str:
    """Where a URI of a project leads; empty where it leads nowhere."""
    scope = await project.scope(world.graph, world.viewer, within)
    signings = integration.Signings(ring)
    (signing,) = await signings(world.graph, world.viewer, [scope.id])
    return signing.url(uri, "a", HOUR) or ""


async def told(world: World) -> list[str]:
    changes = await ledger.changes(world.graph, world.viewer, 0, 100)
    return [change.what for change in changes if change.what.startswith("Integration")]
