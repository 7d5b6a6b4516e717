"""A pair of operations that could get into each other's way, and words to build one with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from graph_api.graph import Graph
from graph_api.models.artifact import upload_prefix
from graph_api.services import (
    artifact,
)
from tests.proof.interleaved import Operation
from tests.services.world import HOUR, LIMITS, World, entry

Two = tuple[Operation, Operation]


@dataclass(frozen=True)
class Pair:
    """Two operations, and the transactions that they run."""

    name: str
    covers: tuple[str, ...]
    build: Callable[[World], Awaitable[Two]]


PAIRS: list[Pair] = []


def pair(*covers: str) -> Callable[[Callable[[World], Awaitable[Two]]], object]:
    """Put a pair on the list."""

    def listed(build: Callable[[World], Awaitable[Two]]) -> object:
        PAIRS.append(Pair(build.__name__, covers, build))
        return build

    return listed


def on(world: World, work: Callable[[World], Awaitable[object]]) -> Operation:
    """The work in this world, through whichever graph."""

    async def operation(graph: Graph) -> object:
        return await work(replace(world, graph=graph))

    return operation


async def filled(world: World, name: str, data: bytes, **new: object) -> str:
    """A draft whose one file has been uploaded; its id."""
    draft = await world.draft(name, **new)
    await add(world, draft, "a", data)
    return draft


async def add(world: World, draft: str, path: str, data: bytes) -> None:
    """Give a draft a file whose bytes have arrived."""
    file = entry(path, data)
    key = f"{upload_prefix(draft)}{file.sha256}"
    await artifact.request_uploads(
        world.graph, world.blobs, world.viewer, LIMITS, draft, [file], HOUR
    )
    if key not in await world.blobs.sizes(key):
        await world.blobs.put(key, data)


async def version(world: World, name: str, data: bytes, **new: object) -> str:
    """A committed version; its id."""
    return (await world.commit(await filled(world, name, data, **new))).id
