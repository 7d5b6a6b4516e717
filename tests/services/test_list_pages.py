"""Pages of a list show it as it was at the first: beside writers, in every order."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.graph import Graph, connect
from graph_api.models.page import Counted, Window
from graph_api.models.run import NewRun
from graph_api.models.viewer import Viewer
from graph_api.models.where import Comparison, Order, Where
from graph_api.services import (
    artifact,
    artifact_collection,
    experiment,
    organization,
    project,
    run,
)
from graph_api.settings import Settings
from tests.conftest import WIPE
from tests.environment import environment
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes

EXAMPLES = 400 if environment.deep else 8
SECONDS = 120 if environment.deep else 4
NAMES = ["a", "a b", "ab", "b", "é", "\uff5e", "\U0001f600"]
ORDERS = [Order(field, down) for field in ("CREATED", "NAME") for down in (False, True)]
# The number of a run never changes, so what matches once matches throughout.
ODD = Where(Comparison("in", list(range(1, 1000, 2)), "number"), 10)

Read = Callable[[Window], Awaitable[Counted[Any]]]


async def pages(
    read: Read, size: int, between: Callable[[], Awaitable[None]], *, backward: bool = False
) -> tuple[list[Any], list[int]]:
    """The rows of all pages of a list and what each page counts; something happens in between.

    Read backward, the last page comes first.
    """
    rows: list[Any] = []
    totals: list[int] = []
    window = Window(last=size) if backward else Window(size)
    while True:
        page = await read(window)
        rows = [*page.items, *rows] if backward else [*rows, *page.items]
        totals.append(await page.total())
        if not await (page.has_previous() if backward else page.has_next()):
            return rows, totals
        if backward:
            window = Window(last=size, before=page.cursors[0])
        else:
            window = Window(size, page.cursors[-1])
        await between()


@dataclass
class Runs:
    """An experiment whose runs come and are renamed, and what it holds."""

    graph: Graph
    viewer: Viewer
    project: str
    names: dict[str, str] = field(default_factory=dict[str, str])
    """By id, oldest first."""

    async def start(self, name: str) -> None:
        """One more."""
        new = NewRun(project=self.project, experiment="svm", name=name)
        started = await run.start(self.graph, self.viewer, LIMITS, new)
        self.names[started.id] = name

    async def rename(self, place: int, name: str) -> None:
        """Another name for one of them."""
        id = list(self.names)[place % len(self.names)]
        await run.update(self.graph, self.viewer, LIMITS, id, name=name)
        self.names[id] = name

    def ordered(self, order: Order) -> list[str]:
        """Their ids in an order."""
        ids = list(self.names)
        if order.field == "NAME":
            ids.sort(key=lambda run: (self.names[run] + "\t", run))
        return ids[::-1] if order.descending else ids


@pytest.fixture(scope="module")
async def viewing(connected: Graph) -> Viewer:
    """Who looks; for all examples of this module."""
    await connected.write(WIPE)
    default = await organization.ensure_default(connected)
    return Viewer(user="ada", organization_id=default.id)


actions = st.tuples(st.none() | st.integers(0, 20), st.sampled_from(NAMES))


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=7),
    st.lists(st.lists(actions, max_size=3), min_size=9, max_size=9),
    st.sampled_from(ORDERS),
    st.integers(1, 3),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
async def test_pages_are_the_list_as_it_was_when_the_first_was_read(
    connected: Graph,
    viewing: Viewer,
    names: list[str],
    steps: list[list[tuple[int | None, str]]],
    order: Order,
    size: int,
    odd: bool,
    within: bool,
    backward: bool,
) -> None:
    """No row twice, none missing, none created or moved since, whatever is renamed in between."""
    runs = Runs(connected, viewing, f"project {uuid4()}")
    for name in names:
        await runs.start(name)
    scope = await project.scope(connected, viewing, runs.project)
    (one,) = (await run.page(connected, viewing, scope.id, Window(1))).items
    remaining = iter(steps)

    async def write() -> None:
        for place, name in next(remaining):
            await (runs.start(name) if place is None else runs.rename(place, name))

    def read(window: Window) -> Awaitable[Counted[Any]]:
        asked = (window, order, ODD if odd else None)
        if within:
            return run.of_experiment(connected, viewing, one.experiment_id or "", *asked)
        return run.page(connected, viewing, scope.id, *asked)

    # The first page shows what the renames before it left.
    for name in names[:2]:
        await runs.rename(len(name), name)
    expected = runs.ordered(order)
    if odd:
        expected = [id for id in expected if list(runs.names).index(id) % 2 == 0]

    rows, totals = await pages(read, size, write, backward=backward)

    assert [row.id for row in rows] == expected
    assert set(totals) == {len(expected)}


@pytest.mark.parametrize("backward", [False, True], ids=["forward", "backward"])
@pytest.mark.parametrize("order", ORDERS, ids=str)
async def test_versions_keep_their_pages_while_their_collections_swap_names(
    world: World, order: Order, backward: bool
) -> None:
    for number in range(3):
        for name in ("a", "b"):
            await world.log(name, {"x": f"{name}{number}".encode()})
    scope = await world.project()
    known = [*(await artifact.page(world.graph, world.viewer, scope, Window(100))).items]
    collections = {row.name: row.collection_id for row in known}
    if order.field == "NAME":
        known.sort(key=lambda row: (row.name, row.index or 0))
    expected = [row.id for row in known][:: -1 if order.descending else 1]
    turns = iter([("a", "c"), ("b", "a")])

    async def swap() -> None:
        old, new = next(turns)
        id = collections.pop(old)
        collections[new] = id
        await artifact_collection.update(world.graph, world.viewer, LIMITS, id, name=new)
        await world.log("b", {"x": new.encode()})

    async def read(window: Window) -> Counted[Any]:
        return await artifact.page(world.graph, world.viewer, scope, window, order)

    async def nothing() -> None:
        pass

    rows, totals = await pages(read, 2, swap, backward=backward)

    assert [row.id for row in rows] == expected
    assert totals == [6, 6, 6]
    by_name = [*"aaaabccc"]
    by_age = [*"cacacaab"]
    now = by_name if order.field == "NAME" else by_age
    assert [row.name for row in (await pages(read, 2, nothing))[0]] == (
        now[:: -1 if order.descending else 1]
    )


@pytest.mark.parametrize("descending", [False, True], ids=["ASC", "DESC"])
async def test_no_row_is_lost_or_doubled_while_others_rename_and_create(
    graph: Graph, viewer: Viewer, neo4j: Settings, descending: bool
) -> None:
    """Writers with connections of their own: what they half did can be seen."""
    runs = Runs(graph, viewer, "digits")
    for number in range(12):
        await runs.start(NAMES[number % len(NAMES)])
    scope = await project.scope(graph, viewer, "digits")
    there = set(runs.names)
    done = asyncio.Event()

    async def rename(number: int) -> int:
        async with connect(neo4j) as own:
            mine = Runs(own, viewer, "digits", dict(list(runs.names.items())[number::2]))
            turn = 0
            while not done.is_set():
                turn += 1
                await mine.rename(turn, NAMES[(turn * 5 + number) % len(NAMES)])
                if turn % 10 == 0:
                    await mine.start("ab")
            return turn

    async def read(window: Window) -> Counted[Any]:
        return await run.page(graph, viewer, scope.id, window, Order("NAME", descending))

    writers = [asyncio.create_task(rename(number)) for number in range(2)]
    end = monotonic() + SECONDS
    lists = 0
    try:
        while monotonic() < end:
            rows, totals = await pages(read, 5, lambda: asyncio.sleep(0), backward=bool(lists % 2))
            ids = [row.id for row in rows]
            assert len(ids) == len(set(ids))
            assert there <= set(ids)
            assert set(totals) == {len(ids)}
            lists += 1
    finally:
        done.set()
        turns = await asyncio.gather(*writers)
    assert lists >= 2
    assert min(turns) >= 2


async def test_nothing_created_after_the_first_page_shows_in_a_later_one(world: World) -> None:
    ids = [await world.experiment(name) for name in ("a", "b", "c")]
    scope = await world.project()
    first = await experiment.page(world.graph, world.viewer, scope, Window(2))
    await world.experiment("d")
    rest = await experiment.page(world.graph, world.viewer, scope, Window(2, first.cursors[-1]))

    assert [row.id for row in [*first.items, *rest.items]] == ids
    assert (await first.has_next(), await rest.has_next()) == (True, False)
    assert [await first.total(), await rest.total()] == [3, 3]
    again = await experiment.page(world.graph, world.viewer, scope, Window(2))
    assert await again.total() == 4
