"""Pages of a list show it as it was at the first while collections move between projects."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Literal
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.blobs import FolderBlobs
from graph_api.errors import NameTaken
from graph_api.graph import Graph, connect
from graph_api.models.artifact import NewArtifact
from graph_api.models.page import Counted, Window
from graph_api.models.viewer import Viewer
from graph_api.models.where import Order
from graph_api.services import artifact, artifact_collection, ledger, organization, project
from graph_api.settings import Settings
from tests.conftest import WIPE
from tests.services.test_list_pages import EXAMPLES, ORDERS, SECONDS, pages
from tests.services.world import LIMITS

NAMES = ["a", "a|b", "ab", "b", "é", "\U0001f600"]
What = Literal["log", "move", "rename"]


@dataclass
class Names:
    """The collections of two projects, and their versions, oldest first."""

    graph: Graph
    blobs: FolderBlobs
    viewer: Viewer
    projects: tuple[str, str]
    collections: dict[str, tuple[str, int]] = field(default_factory=dict[str, tuple[str, int]])
    """Name and project of each, by its id."""
    versions: dict[str, str] = field(default_factory=dict[str, str])
    """The collection of each."""

    async def do(self, what: What, place: int, name: str) -> None:
        """Change something; a name that is taken stays what it is."""
        id = list(self.collections)[place % len(self.collections)] if self.collections else ""
        if what == "log" or not id:
            await self.log(name, place % 2)
            return
        old, at = self.collections[id]
        graph, viewer = self.graph, self.viewer
        with suppress(NameTaken):
            if what == "move":
                await artifact_collection.move(graph, viewer, id, self.projects[1 - at])
                self.collections[id] = old, 1 - at
            else:
                await artifact_collection.update(graph, viewer, LIMITS, id, name=name)
                self.collections[id] = name, at

    async def log(self, name: str, at: int) -> None:
        """One more version."""
        new = NewArtifact(project=self.projects[at], name=name, type="t", deduplicate=False)
        made = await artifact.log(self.graph, self.blobs, self.viewer, LIMITS, new, [])
        row = await artifact.checked(self.graph, self.viewer, made.id)
        self.collections.setdefault(row.collection_id, (name, at))
        self.versions[made.id] = row.collection_id

    def ordered(self, order: Order, at: int, *, versions: bool) -> list[str]:
        """What lies in a project, in an order."""
        of = self.versions if versions else {id: id for id in self.collections}
        ids = [id for id, collection in of.items() if self.collections[collection][1] == at]
        if order.field == "NAME":
            # Versions of a name lie by index, so in the order of their commits.
            ids.sort(key=lambda one: self.collections[of[one]][0] + "\t")
        return ids[::-1] if order.descending else ids


@pytest.fixture(scope="module")
async def viewing(connected: Graph) -> Viewer:
    """Who looks; for all examples of this module."""
    await connected.write(WIPE)
    default = await organization.ensure_default(connected)
    return Viewer(user="ada", organization_id=default.id)


@pytest.fixture(scope="module")
async def folder(tmp_path_factory: pytest.TempPathFactory) -> FolderBlobs:
    """Where their pages lie."""
    blobs = FolderBlobs(tmp_path_factory.mktemp("moving"), b"secret")
    await blobs.check()
    return blobs


async def two(graph: Graph, viewer: Viewer, blobs: FolderBlobs) -> Names:
    """Two new projects."""
    names = Names(graph, blobs, viewer, (f"one {uuid4()}", f"two {uuid4()}"))
    for name in names.projects:
        await project.create(graph, viewer, LIMITS, name)
    return names


actions = st.tuples(
    st.sampled_from(["log", "move", "move", "rename"]), st.integers(0, 9), st.sampled_from(NAMES)
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 1)), min_size=2, max_size=6),
    st.lists(st.lists(actions, max_size=3), min_size=9, max_size=9),
    st.sampled_from(ORDERS),
    st.integers(1, 3),
    st.booleans(),
    st.booleans(),
)
async def test_pages_are_the_list_as_it_was_when_the_first_was_read(
    connected: Graph,
    viewing: Viewer,
    folder: FolderBlobs,
    logged: list[tuple[str, int]],
    steps: list[list[tuple[What, int, str]]],
    order: Order,
    size: int,
    versions: bool,
    backward: bool,
) -> None:
    """None missing that was moved away, none there that came, in whatever order."""
    names = await two(connected, viewing, folder)
    for name, at in logged:
        await names.log(name, at)
    # The first page shows what the moves before it left.
    await names.do("move", 0, "")
    await names.do("move", 1, "")
    scope = await project.scope(connected, viewing, names.projects[0])
    remaining = iter(steps)

    async def write() -> None:
        for step in next(remaining):
            await names.do(*step)

    def read(window: Window) -> Awaitable[Counted[Any]]:
        service = artifact if versions else artifact_collection
        return service.page(connected, viewing, scope.id, window, order)

    expected = names.ordered(order, 0, versions=versions)

    rows, totals = await pages(read, size, write, backward=backward)

    assert [row.id for row in rows] == expected
    assert set(totals) == {len(expected)}


@pytest.mark.parametrize("versions", [False, True], ids=["collections", "versions"])
async def test_each_row_is_in_one_of_two_lists_of_a_moment_while_others_move_it(
    connected: Graph, viewing: Viewer, folder: FolderBlobs, neo4j: Settings, versions: bool
) -> None:
    """Writers with connections of their own: what they half did can be seen."""
    names = await two(connected, viewing, folder)
    for number in range(12):
        await names.log(NAMES[number % len(NAMES)], 0)
    there = sorted(names.versions if versions else names.collections)
    scopes = [await project.scope(connected, viewing, name) for name in names.projects]
    done = asyncio.Event()

    async def move(number: int) -> int:
        async with connect(neo4j) as own:
            mine = list(names.collections)[number::2]
            turn = 0
            while not done.is_set():
                to = names.projects[1 - turn // len(mine) % 2]
                await artifact_collection.move(own, viewing, mine[turn % len(mine)], to)
                turn += 1
            return turn

    async def listed(scope: str, order: Order, seq: int, *, backward: bool) -> list[str]:
        def read(window: Window) -> Awaitable[Counted[Any]]:
            service = artifact if versions else artifact_collection
            return service.page(connected, viewing, scope, window.as_of(seq), order)

        rows, totals = await pages(read, 3, lambda: asyncio.sleep(0), backward=backward)
        assert set(totals) == {len(rows)}
        return [row.id for row in rows]

    writers = [asyncio.create_task(move(number)) for number in range(2)]
    end = monotonic() + SECONDS / 2
    reads = 0
    try:
        while monotonic() < end or reads < len(ORDERS):
            order, backward = ORDERS[reads % len(ORDERS)], reads // len(ORDERS) % 2 == 1
            seq = (await ledger.now(connected, viewing)).seq
            found = [await listed(it.id, order, seq, backward=backward) for it in scopes]
            assert sorted([*found[0], *found[1]]) == there
            reads += 1
    finally:
        done.set()
        turns = await asyncio.gather(*writers)
    assert min(turns) >= 2


async def test_a_list_of_before_shows_what_moved_to_who_sees_it_there_and_no_other(
    connected: Graph, viewing: Viewer, folder: FolderBlobs
) -> None:
    names = await two(connected, viewing, folder)
    for name in ("a", "b", "c"):
        await names.log(name, 0)
    one, other = [await project.scope(connected, viewing, name) for name in names.projects]
    ids = list(names.collections)

    async def page(viewer: Viewer, scope: str, after: str | None = None) -> Counted[Any]:
        return await artifact_collection.page(connected, viewer, scope, Window(1, after))

    first, empty = await page(viewing, one.id), await ledger.now(connected, viewing)
    await names.do("move", 1, "")
    stranger = viewing.model_copy(update={"projects": (one.id,)})
    seen = await page(viewing, one.id, first.cursors[-1])
    unseen = await page(stranger, one.id, first.cursors[-1])

    assert [row.id for row in seen.items] == [ids[1]]
    assert [row.project_id for row in seen.items] == [other.id]
    assert [row.id for row in unseen.items] == [ids[2]]
    assert [await it.total() for it in (seen, unseen)] == [3, 2]
    window = Window(9).as_of(empty.seq)
    before = await artifact_collection.page(connected, viewing, other.id, window)
    assert [*before.items] == []
    assert await before.total() == 0
    assert [row.id for row in (await page(viewing, other.id)).items] == [ids[1]]
