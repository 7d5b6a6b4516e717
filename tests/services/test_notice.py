"""Notices: of each change what somebody asked for, exactly, as far as they may see it."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graph_api.errors import BadInput, UnknownId
from graph_api.graph import Graph
from graph_api.models import notice as models
from graph_api.models.ledger import Change
from graph_api.models.lineage import Direction
from graph_api.models.notice import OF_ENTITY, TYPES, Asked, Notice, Type
from graph_api.models.viewer import Viewer
from graph_api.services import artifact, deletion, ledger, membership, project, withdrawal
from graph_api.services.notice import Closures, notices
from tests.environment import environment
from tests.services.closure import reach
from tests.services.graphs import Picture, pictures
from tests.services.test_lineage import DIRECTIONS
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes


def change_of(picture: Picture, seq: int, more: Sequence[str]) -> Change:
    """The change with this seq: it names both ends of all edges that it draws or closes."""
    ends = [
        id
        for flow in picture.flows
        if seq in (flow.since, flow.until)
        for id in (flow.edge.source, flow.edge.target)
    ]
    subjects = tuple(dict.fromkeys([*ends, *more]))
    return Change(seq=seq, at=seq, by="ada", what="Test", subjects=subjects, previous="", hash="")


@settings(
    max_examples=1_000 if environment.deep else 12,
    derandomize=not environment.deep,
    database=None,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.data(), pictures(), st.sampled_from(DIRECTIONS), st.integers(0, 5), st.booleans())
async def test_a_change_touches_a_lineage_where_a_subject_is_in_it_or_was(
    connected: Graph,
    data: st.DataObject,
    picture: Picture,
    direction: Direction,
    begin: int,
    crowded: bool,
) -> None:
    ids = [node.id for node in picture.nodes]
    root, other = data.draw(st.sampled_from(ids)), data.draw(st.sampled_from(ids))
    closures = Closures(1) if crowded else Closures()
    await picture.write(connected)
    try:
        for seq in range(begin + 1, picture.seq + 1):
            more = data.draw(st.lists(st.sampled_from(ids), max_size=2))
            change = change_of(picture, seq, more)
            within = reach(picture, root, direction, seq) | reach(picture, root, direction, seq - 1)

            touched = await closures.touched(connected, "a", root, direction, change)
            await closures.touched(connected, "b", other, "BOTH", change)

            assert touched == [id for id in change.subjects if id in within], seq
    finally:
        await picture.erase(connected)


async def test_a_lineage_is_walked_once_and_asked_for_again_only_where_a_change_touches_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = (await world.log("data", {"a": b"1"})).id
    begin = (await ledger.now(world.graph, world.viewer)).seq
    for number in range(20):
        await world.project(f"other {number}")
    run = await world.run(used=(made,))
    closures, counts, touched = Closures(), list[int](), list[str]()
    fetched: list[str] = []
    fetch = world.graph.fetch

    async def counted(query: Any, **parameters: Any) -> list[Any]:
        fetched.append(query.name)
        return await fetch(query, **parameters)

    changes = await ledger.changes(world.graph, world.viewer, begin, 100)
    monkeypatch.setattr(world.graph, "fetch", counted)
    for change in changes:
        touched = await closures.touched(world.graph, "a", made, "DOWNSTREAM", change)
        counts.append(len(fetched))

    assert touched == [run, made]
    # At the first; for the edges of the last before and after it, and for what is new by it.
    assert counts == [1] * 20 + [4]


async def told(
    world: World,
    *events: Type,
    viewer: Viewer | None = None,
    of: str | None = None,
    direction: Direction | None = None,
    within: str = "digits",
    after: int = 0,
) -> list[Notice]:
    """All that somebody is told."""
    scope = await project.scope(world.graph, world.viewer, within)
    fields = models.checked(events, of, direction)
    asked, closures = Asked(project_id=scope.id, **fields), Closures()
    return [
        notice
        for change in await ledger.changes(world.graph, world.viewer, after, 1000)
        for notice in await notices(
            world.graph, viewer or world.viewer, closures, "a", asked, change
        )
    ]


def shown(found: Sequence[Notice]) -> list[tuple[Any, ...]]:
    return [(it.type, list(it.entities), list(it.moves)) for it in found]


OF_PROJECT: tuple[Type, ...] = TYPES[:-2]


async def test_commits_and_aliases_of_a_project_are_told_with_where_they_went(
    world: World,
) -> None:
    first = (await world.log("data", {"a": b"1"}, aliases=("best",))).id
    second = (await world.log("data", {"a": b"2"}, aliases=("best", "new"))).id
    await world.log("other", {"a": b"3"}, project="letters", aliases=("best",))
    collection = (await world.collection("data")).id
    await artifact.remove_aliases(world.graph, world.viewer, second, ["new"])
    await artifact.add_aliases(world.graph, world.viewer, LIMITS, second, ["best"])

    def move(alias: str, left: str | None, to: str | None) -> dict[str, Any]:
        return {"collection": collection, "alias": alias, "from": left, "to": to}

    assert shown(await told(world, *OF_PROJECT)) == [
        ("artifact.committed", [first], []),
        ("alias.moved", [first], [move("best", None, first)]),
        ("artifact.committed", [second], []),
        (
            "alias.moved",
            [second, first],
            [move("best", first, second), move("new", None, second)],
        ),
        ("alias.moved", [second], [move("new", second, None)]),
    ]
    assert shown(await told(world, "artifact.committed")) == [
        ("artifact.committed", [first], []),
        ("artifact.committed", [second], []),
    ]


async def test_deletions_take_aliases_along_and_bring_them_back(world: World) -> None:
    made = (await world.log("data", {"a": b"1"}, aliases=("best",))).id
    begin = (await ledger.now(world.graph, world.viewer)).seq
    await deletion.delete(
        world.graph, world.blobs, world.viewer, [made], force=True, trash_seconds=60, seconds=10
    )
    await deletion.restore(world.graph, world.viewer, [made])

    found = await told(world, *OF_PROJECT, after=begin)

    assert [(it.type, it.what, [move["to"] for move in it.moves]) for it in found] == [
        ("artifact.deleted", "Artifact deleted", []),
        ("alias.moved", "Artifact deleted", [None]),
        ("artifact.restored", "Artifact restored", []),
        ("alias.moved", "Artifact restored", [made]),
    ]
    assert {it.entities for it in found} == {(made,)}


async def test_a_withdrawal_of_a_version_is_told_in_its_project(world: World) -> None:
    made = (await world.log("data", {"a": b"1"})).id
    other = (await world.log("other", {"a": b"2"}, project="letters")).id
    model = await world.model("m")
    begin = (await ledger.now(world.graph, world.viewer)).seq
    for id in (made, other, model):
        await withdrawal.withdraw(world.graph, world.viewer, id, "Mislabelled.")

    found = await told(world, *OF_PROJECT, after=begin)

    assert [(it.type, it.entities, it.what) for it in found] == [
        ("artifact.withdrawn", (made,), "Withdrawn")
    ]


async def test_stages_are_told_where_the_model_is(world: World) -> None:
    graph, viewer = world.graph, world.viewer
    one = (await world.log("data", {"a": b"1"}, project="letters")).id
    two = (await world.log("data", {"a": b"2"}, project="letters")).id
    await membership.register(graph, viewer, LIMITS, "digits", "m", one, "STAGING")
    model = (
        await membership.register(graph, viewer, LIMITS, "digits", "m", two, "STAGING")
    ).container_id
    await membership.register(graph, viewer, LIMITS, "digits", "m", one, "PRODUCTION")
    await membership.roll_back(graph, viewer, model, "STAGING", 1, None)
    await membership.snapshot(graph, viewer, LIMITS, "digits", "d", one)

    def move(index: int, id: str, left: str | None, to: str) -> dict[str, Any]:
        return {"model": model, "index": index, "artifact": id, "from": left, "to": to}

    assert shown(await told(world, *OF_PROJECT)) == [
        ("stage.changed", [model, one], [move(0, one, None, "STAGING")]),
        ("stage.changed", [model, two], [move(1, two, None, "STAGING")]),
        ("stage.changed", [model, one], [move(0, one, "STAGING", "PRODUCTION")]),
        (
            "stage.changed",
            [model, one, two],
            [move(0, one, "PRODUCTION", "STAGING"), move(1, two, "STAGING", "NONE")],
        ),
    ]
    assert "stage.changed" not in {
        it.type for it in await told(world, *OF_PROJECT, within="letters")
    }


async def test_the_lineage_of_an_entity_is_told_wherever_it_goes(world: World) -> None:
    data = (await world.log("data", {"a": b"1"}, project="letters")).id
    model = await world.model("m")
    begin = (await ledger.now(world.graph, world.viewer)).seq
    run = await world.run(used=(data,))
    out = (await world.log("out", {"a": b"2"}, run_id=run)).id
    await world.log("aside", {"a": b"3"})
    await world.link(out, model)
    other = await world.dataset("d")
    await world.link(model, other)

    def entities(found: list[Notice]) -> list[list[str]]:
        return [list(it.entities) for it in found]

    async def of(id: str, direction: Direction) -> list[list[str]]:
        found = await told(world, "lineage.changed", of=id, direction=direction, after=begin)
        assert {it.type for it in found} <= {"lineage.changed"}
        return entities(found)

    assert await of(data, "DOWNSTREAM") == [[run, data], [out, run], [out, model], [model, other]]
    assert await of(data, "UPSTREAM") == [[data]]
    assert await of(model, "UPSTREAM") == [[out, model], [model]]
    assert await of(out, "UPSTREAM") == [[out, run], [out]]
    both = await told(world, "lineage.changed", of=out, after=begin)
    assert entities(both) == [[out, run], [out, model], [model, other]]
    changed = await told(world, *OF_ENTITY, of=model, direction="UPSTREAM", after=begin)
    assert [(it.type, list(it.entities)) for it in changed] == [
        ("entity.changed", [model]),
        ("lineage.changed", [out, model]),
        ("entity.changed", [model]),
        ("lineage.changed", [model]),
    ]


async def test_what_is_hidden_is_walked_through_and_never_told(world: World) -> None:
    """A change of hidden things alone is no event; of one in part, neither who nor what is told."""
    raw = (await world.log("raw", {"a": b"1"})).id
    begin = (await ledger.now(world.graph, world.viewer)).seq
    secret = await world.run(project="secret", used=(raw,))
    hidden = (await world.log("hidden", {"a": b"2"}, project="secret", run_id=secret)).id
    out = (await world.log("out", {"a": b"3"})).id
    await world.link(hidden, out)
    digits = await world.project()
    limited = world.viewer.model_copy(update={"projects": (digits,)})

    found = await told(world, "lineage.changed", of=raw, viewer=limited, after=begin)

    assert [(it.entities, it.by, it.what) for it in found] == [
        ((raw,), None, None),
        ((out,), None, None),
    ]
    everything = await told(world, "lineage.changed", of=raw, after=begin)
    assert [it.entities for it in everything] == [
        (secret, raw),
        (hidden, secret),
        (hidden, out),
    ]
    assert (everything[0].by, everything[0].what) == ("ada", "Run started")
    with pytest.raises(UnknownId):
        await told(world, "entity.changed", of=secret, viewer=limited, after=begin)


@pytest.mark.parametrize(
    ("events", "of", "direction", "message"),
    [
        ((), None, None, "events is empty"),
        (("entity.changed",), None, None, "has entity.changed, and of is missing"),
        (("lineage.changed",), None, "BOTH", "has lineage.changed, and of is missing"),
        (("alias.moved",), "x", None, "of is 'x', and no event is about it"),
        (("entity.changed",), "x", "BOTH", "direction is given, and events has no lineage.changed"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    events: tuple[Type, ...], of: str | None, direction: Direction | None, message: str
) -> None:
    with pytest.raises(BadInput, match=message):
        models.checked(events, of, direction)


def test_events_are_asked_for_once_each_and_both_ways_unless_said() -> None:
    assert models.checked(("lineage.changed", "alias.moved", "alias.moved"), "x", None) == {
        "events": ("alias.moved", "lineage.changed"),
        "of": "x",
        "direction": "BOTH",
    }


def test_a_notice_is_told_as_standard_webhooks_has_it() -> None:
    notice = Notice(
        type="alias.moved",
        seq=7,
        at=1_794_441_600_000_001,
        by=None,
        what=None,
        entities=("a",),
        moves=({"alias": "best"},),
    )

    assert notice.payload() == {
        "type": "alias.moved",
        "timestamp": "2026-11-12T00:00:00.000001Z",
        "data": {
            "seq": 7,
            "at": "2026-11-12T00:00:00.000001Z",
            "by": None,
            "what": None,
            "entities": ("a",),
            "moves": ({"alias": "best"},),
        },
    }
