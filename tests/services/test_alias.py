"""Aliases: names that move from version to version."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_api.errors import (
    AliasMoved,
    AliasProtected,
    BadAlias,
    Forbidden,
    NothingBefore,
    UnknownId,
    UnknownVersion,
    VersionTaken,
)
from graph_api.graph import Query
from graph_api.models.alias import AliasPeriod
from graph_api.models.entity import new_id
from graph_api.models.page import Window
from graph_api.models.viewer import Viewer
from graph_api.services import alias, artifact, deletion, ledger
from tests.environment import environment
from tests.services.world import LIMITS, Properties, World

pytestmark = pytest.mark.no_bytes

WAS = Query(
    "tests/was",
    "MATCH (:Alias {name: $name})-[w:WAS]->(a) RETURN {at: a.id, until: w.until} AS of",
    Properties,
)


async def names(world: World, *ids: str) -> list[tuple[str, ...]]:
    return await alias.by_artifacts(world.graph, world.viewer, list(ids))


async def test_the_names_of_each_version_come_sorted_in_the_order_asked(world: World) -> None:
    one = await world.log("data", {"a": b"1"}, aliases=("z", "b"))
    two = await world.log("data", {"a": b"2"})

    assert await names(world, two.id, one.id) == [(), ("b", "z")]


async def test_an_alias_that_moves_remembers_where_it_was(world: World) -> None:
    one = await world.log("data", {"a": b"1"}, aliases=("best",))
    two = await world.log("data", {"a": b"2"}, aliases=("best",))
    seq = (await world.snapshot())["seq"][0]

    assert await names(world, one.id, two.id) == [(), ("best",)]
    assert [row.of for row in await world.graph.fetch(WAS, name="best")] == [
        {"at": one.id, "until": seq}
    ]


async def told(world: World, after: int) -> list[tuple[str, tuple[str, ...]]]:
    """What the ledger says since a place, and of whom."""
    changes = await ledger.changes(world.graph, world.viewer, after, 100)
    return [(change.what, change.subjects) for change in changes]


async def test_the_ledger_names_the_versions_that_an_alias_left(world: World) -> None:
    one = await world.log("data", {"a": b"1"}, aliases=("best", "first"))
    two = await world.log("data", {"a": b"2"}, aliases=("second",))
    three = await world.log("data", {"a": b"3"})
    start = (await world.snapshot())["seq"][0]

    wanted = ["best", "first", "second", "third"]
    await artifact.add_aliases(world.graph, world.viewer, LIMITS, three.id, wanted)
    await artifact.add_aliases(world.graph, world.viewer, LIMITS, three.id, wanted)
    await artifact.add_aliases(world.graph, world.viewer, LIMITS, one.id, ["best"])

    assert await told(world, start) == [
        ("Aliases added: best, first, second, third", (three.id, one.id, two.id)),
        ("Aliases added: best", (one.id, three.id)),
    ]


async def test_the_ledger_names_the_version_that_a_commit_takes_an_alias_from(
    world: World,
) -> None:
    one = await world.log("data", {"a": b"1"}, aliases=("best",))
    run = await world.run()
    start = (await world.snapshot())["seq"][0]

    two = await world.log("data", {"a": b"2"}, aliases=("best",), run_id=run)
    await artifact.add_aliases(world.graph, world.viewer, LIMITS, one.id, ["best"])
    again = await world.log("data", {"a": b"2"}, aliases=("best",))
    await world.log("data", {"a": b"2"}, aliases=("best",))

    assert (again.id, again.created) == (two.id, False)
    assert await told(world, start) == [
        ("Artifact committed", (two.id, run, one.id)),
        ("Aliases added: best", (one.id, two.id)),
        ("Artifact logged again", (two.id, one.id)),
        ("Artifact logged again", (two.id,)),
    ]


async def test_to_point_again_where_it_points_is_no_move(world: World) -> None:
    one = await world.log("data", {"a": b"1"}, aliases=("best",))

    await artifact.add_aliases(world.graph, world.viewer, LIMITS, one.id, ["best", "best"])

    assert await names(world, one.id) == [("best",)]
    assert await world.graph.fetch(WAS, name="best") == []


async def test_an_alias_is_taken_off_the_version_it_points_at_only(world: World) -> None:
    one = await world.log("data", {"a": b"1"}, aliases=("old",))
    two = await world.log("data", {"a": b"2"}, aliases=("best",))

    await artifact.remove_aliases(world.graph, world.viewer, one.id, ["old", "best", "unknown"])

    assert await names(world, one.id, two.id) == [(), ("best",)]


async def test_collections_have_aliases_of_their_own(world: World) -> None:
    one = await world.log("data", {"a": b"1"}, aliases=("best",))
    other = await world.log("labels", {"a": b"1"}, aliases=("best",))

    assert await names(world, one.id, other.id) == [("best",), ("best",)]


async def rolled_back(world: World, collection: str, name: str, believed: str | None) -> str:
    return await artifact.roll_back_alias(
        world.graph, world.viewer, collection, name, believed, None
    )


async def periods(
    world: World, collection: str, name: str, window: Window | None = None
) -> list[AliasPeriod]:
    window = window or Window(1000)
    page = await alias.history(world.graph, world.viewer, collection, name, window)
    return [*page.items]


async def test_an_alias_that_is_rolled_back_points_where_it_did_before(world: World) -> None:
    one, two = [await world.log("data", {"a": data}, aliases=("best",)) for data in (b"1", b"2")]
    collection = (await world.collection("data")).id
    start = (await world.snapshot())["seq"][0]

    assert await rolled_back(world, collection, "best", two.id) == one.id
    assert await names(world, one.id, two.id) == [("best",), ()]
    assert await told(world, start) == [("Alias rolled back: best", (one.id, two.id))]
    # As with the last two branches of Git, to do so again goes forth again.
    assert await rolled_back(world, collection, "best", one.id) == two.id
    assert await names(world, one.id, two.id) == [(), ("best",)]


async def test_of_two_who_roll_an_alias_back_one_does(world: World) -> None:
    one, two = [await world.log("data", {"a": data}, aliases=("best",)) for data in (b"1", b"2")]
    collection = (await world.collection("data")).id

    await rolled_back(world, collection, "best", two.id)
    with pytest.raises(AliasMoved, match=f"points at {one.id} by now, not at {two.id};"):
        await rolled_back(world, collection, "best", two.id)
    with pytest.raises(AliasMoved, match=f"points at {one.id} by now, not at nothing;"):
        await rolled_back(world, collection, "best", None)

    assert await names(world, one.id, two.id) == [("best",), ()]


async def test_an_alias_that_was_taken_off_is_rolled_back_to_where_it_was(world: World) -> None:
    one = await world.log("data", {"a": b"1"}, aliases=("best",))
    collection = (await world.collection("data")).id
    await artifact.remove_aliases(world.graph, world.viewer, one.id, ["best"])

    assert await rolled_back(world, collection, "best", None) == one.id
    assert await names(world, one.id) == [("best",)]


async def test_a_roll_back_passes_over_deleted_versions(world: World) -> None:
    one, two, three = [
        await world.log("data", {"a": data}, aliases=("best",)) for data in (b"1", b"2", b"3")
    ]
    collection = (await world.collection("data")).id
    await deleted(world, two.id)

    assert await rolled_back(world, collection, "best", three.id) == one.id


async def test_what_cannot_be_rolled_back_stays_and_leaves_nothing(world: World) -> None:
    one = await world.log("data", {"a": b"1"}, aliases=("best", "off"))
    await artifact.remove_aliases(world.graph, world.viewer, one.id, ["off"])
    await world.log("data", {"a": b"2"}, version="off")
    collection = (await world.collection("data")).id
    before = await world.snapshot()

    with pytest.raises(NothingBefore, match="'best' has pointed at no other version before"):
        await rolled_back(world, collection, "best", one.id)
    with pytest.raises(UnknownVersion, match=r"^'data' has no version or alias 'never'"):
        await rolled_back(world, collection, "never", None)
    with pytest.raises(BadAlias, match="'off' cannot be given: 'data' has a version of this name"):
        await rolled_back(world, collection, "off", None)
    with pytest.raises(UnknownId):
        await rolled_back(world, "artifact_collection_01h455vb4pex5vsknk084sn02q", "best", None)

    assert await world.snapshot() == before


async def test_the_history_of_an_alias_tells_where_it_was_and_who_moved_it(world: World) -> None:
    one = await world.log("data", {"a": b"1"}, aliases=("best", "other"))
    mover = Viewer(user="mover", organization_id=world.viewer.organization_id)
    two = await world.log("data", {"a": b"2"})
    await artifact.add_aliases(world.graph, mover, LIMITS, two.id, ["best"])
    await artifact.remove_aliases(world.graph, world.viewer, two.id, ["best"])
    collection = (await world.collection("data")).id

    first, second = await periods(world, collection, "best")

    assert (first.artifact_id, first.set_by, first.ended_by) == (one.id, "ada", "mover")
    assert (second.artifact_id, second.set_by, second.ended_by) == (two.id, "mover", "ada")
    assert (first.until, first.ended_at) == (second.since, second.set_at)
    (going,) = await periods(world, collection, "other")
    assert (going.since, going.until, going.ended_at, going.ended_by) == (
        first.since,
        None,
        None,
        None,
    )
    assert await periods(world, collection, "never") == []


@given(moves=st.lists(st.sampled_from("012-<"), max_size=12), size=st.integers(1, 4))
@settings(
    max_examples=25 if environment.deep else 8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_history_and_roll_backs_are_those_of_a_list_of_moves(
    world: World, moves: list[str], size: int
) -> None:
    """Digits move the alias, "-" takes it off, "<" rolls it back."""
    name = f"of {new_id('Run')}"
    versions = [(await world.log(name, {"a": data})).id for data in (b"1", b"2", b"3")]
    collection = (await world.collection(name)).id
    past: list[str] = []
    now: str | None = None

    for move in moves:
        wanted = now
        if move == "<":
            # The last of those at which it pointed that is another.
            wanted = next((id for id in reversed(past) if id != now), None)
            if wanted is None:
                with pytest.raises((NothingBefore, UnknownVersion)):
                    await rolled_back(world, collection, "x", now)
                continue
            assert await rolled_back(world, collection, "x", now) == wanted
        elif move == "-":
            await artifact.remove_aliases(world.graph, world.viewer, versions[0], ["x"])
            wanted = None if now == versions[0] else now
        else:
            wanted = versions[int(move)]
            await artifact.add_aliases(world.graph, world.viewer, LIMITS, wanted, ["x"])
        if wanted != now:
            past += [now] if now else []
            now = wanted

    found: list[AliasPeriod] = []
    window = Window(size)
    while True:
        page = await alias.history(world.graph, world.viewer, collection, "x", window)
        found += page.items
        if not await page.has_next():
            break
        window = Window(size, after=page.cursors[-1])
    assert [row.artifact_id for row in found] == past + ([now] if now else [])
    assert [row.until is None for row in found] == [False] * len(past) + ([True] if now else [])


async def protect(world: World, viewer: Viewer, collection: str, *wanted: str) -> None:
    await artifact.protect_aliases(world.graph, viewer, LIMITS, collection, wanted, protected=True)


def writer(world: World, project_id: str) -> Viewer:
    """May write to the project, and not administer it."""
    return Viewer(
        user="writer",
        organization_id=world.viewer.organization_id,
        projects=(project_id,),
        administered=(),
    )


async def test_a_protected_alias_moves_for_those_alone_who_administer_the_project(
    world: World,
) -> None:
    one, two = [await world.log("data", {"a": data}, aliases=("best",)) for data in (b"1", b"2")]
    collection = await world.collection("data")
    by = writer(world, collection.project_id)
    draft = await world.draft(aliases=["best"])
    await world.upload(draft, {"a": b"3"})
    await protect(world, world.viewer, collection.id, "best", "gold")
    before = await world.snapshot(stored=False)

    with pytest.raises(AliasProtected, match="protected alias 'best' takes the scope 'admin'"):
        await artifact.add_aliases(world.graph, by, LIMITS, one.id, ["best", "free"])
    with pytest.raises(AliasProtected):
        await artifact.add_aliases(world.graph, by, LIMITS, one.id, ["gold"])
    with pytest.raises(AliasProtected):
        await artifact.remove_aliases(world.graph, by, two.id, ["best"])
    with pytest.raises(AliasProtected):
        await artifact.roll_back_alias(world.graph, by, collection.id, "best", two.id, None)
    with pytest.raises(AliasProtected):
        await artifact.commit(world.graph, world.blobs, by, draft)
    with pytest.raises(Forbidden):
        await protect(world, by, collection.id, "other")
    assert await world.snapshot(stored=False) == before
    # Where it points already, nothing moves.
    await artifact.add_aliases(world.graph, by, LIMITS, two.id, ["best"])
    await artifact.add_aliases(world.graph, by, LIMITS, two.id, ["free"])

    await artifact.add_aliases(world.graph, world.viewer, LIMITS, one.id, ["best"])
    assert await names(world, one.id, two.id) == [("best",), ("free",)]


async def test_an_alias_is_protected_until_it_is_no_longer(world: World) -> None:
    one = await world.log("data", {"a": b"1"})
    collection = await world.collection("data")
    start = (await world.snapshot())["seq"][0]
    await protect(world, world.viewer, collection.id, "z", "best")
    await protect(world, world.viewer, collection.id, "best")

    assert await alias.protected(world.graph, world.viewer, [collection.id, "none"]) == [
        ("best", "z"),
        (),
    ]
    await artifact.protect_aliases(
        world.graph, world.viewer, LIMITS, collection.id, ["best", "never"], protected=False
    )

    assert await alias.protected(world.graph, world.viewer, [collection.id]) == [("z",)]
    assert await told(world, start) == [
        ("Aliases protected: best, z", (collection.id,)),
        ("Aliases protected no longer: best", (collection.id,)),
    ]
    by = writer(world, collection.project_id)
    await artifact.add_aliases(world.graph, by, LIMITS, one.id, ["best"])
    with pytest.raises(UnknownVersion):
        await rolled_back(world, collection.id, "never", None)


async def test_a_protected_name_is_no_version_and_a_version_no_protected_name(
    world: World,
) -> None:
    await world.log("data", {"a": b"1"}, version="2.0.0")
    collection = await world.collection("data")
    await protect(world, world.viewer, collection.id, "production")
    draft = await world.draft(version="production")
    await world.upload(draft, {"a": b"2"})
    before = await world.snapshot(stored=False)

    with pytest.raises(VersionTaken, match="'data' already has an alias 'production'"):
        await world.commit(draft)
    with pytest.raises(
        BadAlias, match=r"'2\.0\.0' cannot be given: 'data' has a version of this name"
    ):
        await protect(world, world.viewer, collection.id, "2.0.0")

    assert await world.snapshot(stored=False) == before


async def test_the_ledger_names_the_versions_whose_aliases_are_protected(world: World) -> None:
    """So a deletion that was planned just before is planned again."""
    one = await world.log("data", {"a": b"1"}, aliases=("best", "gold"))
    collection = await world.collection("data")
    start = (await world.snapshot())["seq"][0]

    await protect(world, world.viewer, collection.id, "best", "gold", "new")

    assert await told(world, start) == [
        ("Aliases protected: best, gold, new", (collection.id, one.id))
    ]


async def test_a_version_comes_back_without_the_protected_aliases_of_others(world: World) -> None:
    one = await world.log("data", {"a": b"1"}, aliases=("best", "free"))
    collection = await world.collection("data")
    await protect(world, world.viewer, collection.id, "best")

    await deleted(world, one.id)
    await deletion.restore(world.graph, world.viewer, [one.id])
    assert await names(world, one.id) == [("best", "free")]

    await deleted(world, one.id)
    by = writer(world, collection.project_id)
    await deletion.restore(world.graph, by, [one.id])
    assert await names(world, one.id) == [("free",)]


async def deleted(world: World, id: str) -> None:
    """Into the trash, whatever needs it."""
    await deletion.delete(
        world.graph, world.blobs, world.viewer, [id], force=True, trash_seconds=60, seconds=10
    )
