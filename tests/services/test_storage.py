"""Storage accounting, compared with a count of everything."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from graph_api.graph import Query
from graph_api.models import instant
from graph_api.models.storage import Storage
from graph_api.models.viewer import Viewer
from graph_api.services import deletion, project, storage
from tests.environment import environment
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes


class Row(BaseModel, frozen=True):
    """A version that holds bytes, and all that it holds: digests of pages and contents, sizes."""

    ids: tuple[str, str, str]
    project_id: str
    held: list[tuple[str, int]]


EVERYTHING = Query(
    "tests/storage",
    """
    MATCH (a:Artifact)-[:HAS_PAGE]->(p)
    WITH a, collect([p.digest, p.bytes]) AS pages,
      COLLECT {
        MATCH (a)-[:HAS_PAGE]->()-[:LISTS]->(b) RETURN DISTINCT [b.sha256, b.size]
      } AS blobs
    RETURN collect({
      ids: [a.id, a.collection_id, a.project_id], project_id: a.project_id, held: pages + blobs
    }) AS rows
    """,
    Row,
)


async def held(world: World, viewer: Viewer, *ids: str) -> list[Storage]:
    return [
        Storage(bytes=row.bytes, exclusive=row.exclusive)
        for row in await storage.held(world.graph, viewer, list(ids))
    ]


def counted(rows: list[Row], viewer: Viewer, id: str) -> Storage:
    """What brute force says."""
    inside = {one for row in rows if id in row.ids for one in row.held}
    outside = {
        one
        for row in rows
        if id not in row.ids and viewer.reads(row.project_id)
        for one in row.held
    }
    return Storage(
        bytes=sum(size for _, size in inside), exclusive=sum(size for _, size in inside - outside)
    )


async def test_what_only_one_version_holds_is_its_own(world: World) -> None:
    one = await world.log("data", {"a": b"alpha", "b": b"beta"})
    two = await world.log("other", {"b": b"beta"})

    first, second, nothing = await held(world, world.viewer, one.id, two.id, "artifact_none")

    pages = await world.graph.fetch(EVERYTHING)
    sizes = {row.ids[0]: sum(size for _, size in row.held) for row in pages}
    assert (first.bytes, second.bytes) == (sizes[one.id], sizes[two.id])
    assert (first.bytes - first.exclusive, second.bytes - second.exclusive) == (4, 4)
    assert nothing == Storage(bytes=0, exclusive=0)


async def test_a_version_counts_until_its_bytes_have_gone(world: World) -> None:
    one = await world.log("data", {"a": b"alpha"})
    two = await world.log("data", {"a": b"alpha", "b": b"beta"})
    before = await held(world, world.viewer, one.id, two.id)

    await deletion.delete(
        world.graph, world.blobs, world.viewer, [one.id], force=False, trash_seconds=0, seconds=10
    )
    assert await held(world, world.viewer, one.id, two.id) == before
    await deletion.purge(world.graph, world.blobs, instant.now())

    gone, left = await held(world, world.viewer, one.id, two.id)
    assert gone == Storage(bytes=0, exclusive=0)
    assert left.exclusive == left.bytes == before[1].bytes


versions = st.tuples(
    st.sampled_from(["x", "y"]),
    st.sampled_from(["a", "b", "c"]),
    st.dictionaries(st.sampled_from("pqrst"), st.sampled_from([b"1", b"22", b"333"]), min_size=1),
)


@given(made=st.lists(versions, min_size=1, max_size=5), number=st.integers(0, 10**9))
@settings(
    max_examples=40 if environment.deep else 6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_storage_is_what_brute_force_counts_of_what_the_viewer_sees(
    world: World, made: list[tuple[str, str, dict[str, bytes]]], number: int
) -> None:
    for within, name, files in made:
        await world.log(name, files, project=f"{within}{number}", deduplicate=False)
    rows = await world.graph.fetch(EVERYTHING)
    ids = list(dict.fromkeys(id for row in rows for id in row.ids))
    projects = sorted({row.project_id for row in rows})

    for some in (None, *((id,) for id in projects[:4]), tuple(projects[::2])):
        viewer = world.viewer.model_copy(update={"projects": some})
        seen = [
            id for id in ids if any(id in row.ids and viewer.reads(row.project_id) for row in rows)
        ]
        expected = [counted(rows, viewer, id) for id in seen]
        assert await held(world, viewer, *seen) == expected


async def test_a_project_without_versions_holds_nothing(world: World) -> None:
    id = await project.create(world.graph, world.viewer, LIMITS, "empty")
    await world.draft(project="empty")

    assert await held(world, world.viewer, id) == [Storage(bytes=0, exclusive=0)]
