"""Two operations at once, whichever stands still where, do what they do one after the other."""

import ast
from collections import Counter
from pathlib import Path

import httpx
import pytest
from neo4j import AsyncDriver

from graph_api.blobs import FolderBlobs
from graph_api.graph import Graph
from graph_api.models.viewer import Viewer
from graph_api.services import doctor, organization
from tests.conftest import WIPE
from tests.environment import environment
from tests.proof.canonical import canonical, plain
from tests.proof.interleaved import Stepped, Steps, interleaved, outcome
from tests.proof.pair import Pair, Two
from tests.proof.pairs import PAIRS
from tests.services.test_sweep import later
from tests.services.world import World
from tests.structure.source import ROOT, parsed

_CHANGES = ("graph.in_transaction", "graph.write", "idempotency.once")


class Worlds:
    """Builds the world of a pair anew for each trial."""

    def __init__(self, pair: Pair, graph: Graph, folder: Path, driver: AsyncDriver) -> None:
        self.pair = pair
        self.graph = graph
        self.blobs = FolderBlobs(folder, b"secret")
        self.driver = driver

    async def built(self, swapped: bool) -> Two:
        await self.graph.write(WIPE)
        await self.blobs.check()
        await self.blobs.delete(list(await self.blobs.sizes("")))
        await self.blobs.discard(await self.blobs.unfinished())
        default = await organization.ensure_default(self.graph)
        viewer = Viewer(user="ada", organization_id=default.id)
        async with httpx.AsyncClient() as unused:
            world = World(self.graph, self.blobs, viewer, unused)
            first, second = await self.pair.build(world)
        return (second, first) if swapped else (first, second)

    async def serial(self, swapped: bool) -> tuple[list[str], list[str]]:
        """The world after the one and then the other, and the steps of the one."""
        first, second = await self.built(swapped)
        steps = Steps()
        one = await outcome(first, Stepped(self.driver, steps))
        two = await outcome(second, Graph(self.driver))
        return await self.shown(swapped, one, two), steps.names

    async def trial(self, swapped: bool, stop: int) -> list[str]:
        """The world after the one stood still before a step while the other went on."""
        first, second = await self.built(swapped)
        one, two = await interleaved(self.driver, self.graph, first, second, stop)
        return await self.shown(swapped, one, two)

    async def shown(self, swapped: bool, one: str, two: str) -> list[str]:
        found = doctor.examine(self.graph, self.blobs, later(), read=True)
        assert [finding async for finding in found] == []
        return await canonical(self.graph, *((two, one) if swapped else (one, two)))


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
async def test_a_pair_ends_as_one_after_the_other(
    pair: Pair, connected: Graph, tmp_path: Path, driver: AsyncDriver
) -> None:
    worlds = Worlds(pair, connected, tmp_path, driver)
    forth, steps = await worlds.serial(swapped=False)
    back, other_steps = await worlds.serial(swapped=True)
    trials = 0
    for swapped, names in ((False, steps), (True, other_steps)):
        for stop, name in list(enumerate(names))[:: 1 if environment.deep else 24]:
            found = await worlds.trial(swapped, stop)
            trials += 1
            if found not in (forth, back):
                pytest.fail(_told(pair, swapped, stop, name, found, forth, back))
    print(f"{pair.name}: {trials} interleavings")


def _told(
    pair: Pair, swapped: bool, stop: int, name: str, found: list[str], *serial: list[str]
) -> str:
    which = "second" if swapped else "first"
    lines = [f"{pair.name}: the {which} stood still before its step {stop}, {name}."]
    seen = Counter(map(plain, found))
    for order, world in zip(("first, second", "second, first"), serial, strict=True):
        expected = Counter(map(plain, world))
        lines.append(f"Against {order}:")
        lines += [f"  lacks {line}" for line in (expected - seen).elements()]
        lines += [f"  has   {line}" for line in (seen - expected).elements()]
    return "\n".join(lines)


def test_every_transaction_of_the_services_is_in_a_pair() -> None:
    covered = {name for pair in PAIRS for name in pair.covers}
    found = _transactions()

    assert sorted(found - covered) == []
    assert sorted(covered - found) == []


def _transactions() -> set[str]:
    """Each function of the services that changes the graph by itself, as ``module.function``."""
    found: set[str] = set()
    for path, tree in parsed(ROOT, "graph_api/services"):
        module = ".".join(Path(path).with_suffix("").parts[2:])
        for node in tree.body:
            for function in node.body if isinstance(node, ast.ClassDef) else [node]:
                if isinstance(function, ast.AsyncFunctionDef) and any(
                    isinstance(part, ast.Attribute) and ast.unparse(part) in _CHANGES
                    for part in ast.walk(function)
                ):
                    found.add(f"{module}.{function.name}")
    return found
