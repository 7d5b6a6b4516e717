"""Withdrawals: what came of something is what a brute-force closure says, and is not promoted."""

from collections.abc import Awaitable, Callable

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.errors import (
    AlreadyWithdrawn,
    BadInput,
    Forbidden,
    NotWithdrawn,
    Tainted,
    UnknownId,
    WrongKind,
)
from graph_api.graph import Graph
from graph_api.models.edge import MEMBERSHIP
from graph_api.models.entity import new_id
from graph_api.models.membership import Joined
from graph_api.models.run import NewRun
from graph_api.services import alias, artifact, deletion, ledger, membership, run, withdrawal
from tests.environment import environment
from tests.services.graphs import PROJECTS, Picture, pictures
from tests.services.test_lineage import exhaustive
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes

WHY = "The consent was taken back."


def reached(picture: Picture, start: str, cleared: set[str]) -> set[str]:
    """All that came of something, through nothing that was cleared."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_node(start)
    graph.add_edges_from(
        (flow.edge.source, flow.edge.target)
        for flow in picture.flows
        if flow.until is None and flow.edge.role not in MEMBERSHIP
    )
    graph.remove_nodes_from(cleared)
    return {*nx.dfs_preorder_nodes(graph, start)}


@settings(exhaustive, max_examples=3_000 if environment.deep else 60)
@given(pictures(), st.data())
async def test_what_is_tainted_is_the_closure_of_brute_force_for_whoever_asks(
    connected: Graph, picture: Picture, data: st.DataObject
) -> None:
    # What ends later has not ended at the newest seq.
    picture.flows = [flow for flow in picture.flows if flow.until is None]
    await picture.write(connected)
    everyone, some = picture.viewer(), picture.viewer(PROJECTS[:2])
    try:
        ids = [node.id for node in picture.nodes]
        kinds = ("Artifact", "Run", "Model", "Dataset")
        bad = data.draw(st.sampled_from([it.id for it in picture.nodes if it.kind in kinds]))
        cleared = data.draw(st.sets(st.sampled_from(ids), max_size=3)) - {bad}
        await withdrawal.withdraw(connected, everyone, bad, WHY)
        for id in cleared:
            await withdrawal.clear(connected, everyone, bad, id, "It was looked at.")
        truth = reached(picture, bad, cleared)
        (standing,) = await withdrawal.standing(connected, everyone)
        now = await ledger.now(connected, everyone)

        seen = {it.id for it in picture.nodes if some.reads(it.project_id)}
        for viewer, visible in ((everyone, {*ids}), (some, seen)):
            if bad in visible:
                found = await withdrawal.tainted(
                    connected, viewer, standing, as_of=None, seconds=60
                )
                assert found.depths.keys() == truth & visible
            for id in visible:
                taints = await withdrawal.taints(connected, viewer, id, now.seq)
                assert [taint.path[-1] for taint in taints] == [id] * (id in truth)
                for taint in taints:
                    assert (taint.withdrawal is None) == (bad not in visible)
                    assert taint.path[0] == (bad if bad in visible else "(hidden)")
    finally:
        await picture.erase(connected)


async def derived(world: World, name: str, *used: str, **new: object) -> str:
    """A version that a run made of others."""
    started = await run.start(
        world.graph, world.viewer, LIMITS, NewRun(project="digits", used=used)
    )
    made = await world.log(name, {"own": name.encode()}, run_id=started.id, **new)
    return made.id


async def test_what_came_of_it_is_promoted_nowhere_until_it_is_cleared_or_derived_anew(
    world: World,
) -> None:
    raw = (await world.log("raw", {"a": b"raw"})).id
    clean = await derived(world, "clean", raw)
    model = await derived(world, "model", clean)
    registered = await membership.register(
        world.graph, world.viewer, LIMITS, "digits", "svm", model, None
    )
    collection = (await world.collection("model")).id
    await artifact.protect_aliases(
        world.graph, world.viewer, LIMITS, collection, ["prod"], protected=True
    )
    await withdrawal.withdraw(world.graph, world.viewer, raw, WHY)

    async def staged(stage: str) -> object:
        id, viewer = registered.container_id, world.viewer
        return await membership.add(world.graph, viewer, LIMITS, id, model, "version", stage)

    async def pointed(name: str) -> object:
        return await artifact.add_aliases(world.graph, world.viewer, LIMITS, model, [name])

    before = await world.snapshot()
    promotions: list[Callable[[], Awaitable[object]]] = [
        lambda: staged("PRODUCTION"),
        lambda: staged("one of ours"),
        lambda: pointed("prod"),
    ]
    for promote in promotions:
        with pytest.raises(Tainted, match=WHY) as refused:
            await promote()
        path = refused.value.path
        assert (path[0], path[2], path[4]) == (raw, clean, model)
        assert len(path) == 5
    assert await world.snapshot() == before

    # What is no promotion goes on.
    await staged("DEPRECATED")
    await pointed("best")
    with pytest.raises(Tainted):
        await artifact.protect_aliases(
            world.graph, world.viewer, LIMITS, collection, ["best"], protected=True
        )
    await withdrawal.clear(world.graph, world.viewer, raw, clean, "It was looked at.")
    await staged("PRODUCTION")
    await pointed("prod")
    assert await withdrawal.taints(world.graph, world.viewer, model, 10**9) == []


async def test_a_version_derived_anew_is_promoted_and_one_logged_from_it_is_not(
    world: World,
) -> None:
    raw, other = [(await world.log(name, {"a": name.encode()})).id for name in ("raw", "other")]
    await derived(world, "model", other, aliases=("prod",))
    collection = (await world.collection("model")).id
    await artifact.protect_aliases(
        world.graph, world.viewer, LIMITS, collection, ["prod"], protected=True
    )
    await withdrawal.withdraw(world.graph, world.viewer, raw, WHY)

    tainted = await run.start(
        world.graph, world.viewer, LIMITS, NewRun(project="digits", used=(raw,))
    )
    with pytest.raises(Tainted):
        await world.log("model", {"own": b"bad"}, run_id=tainted.id, aliases=("prod",))
    anew = await run.start(
        world.graph, world.viewer, LIMITS, NewRun(project="digits", used=(other,))
    )
    made = await world.log("model", {"own": b"good"}, run_id=anew.id, aliases=("prod",))

    assert await alias.by_artifacts(world.graph, world.viewer, [made.id]) == [("prod",)]


async def test_to_take_back_a_promotion_to_what_is_tainted_is_one(world: World) -> None:
    raw = (await world.log("raw", {"a": b"raw"})).id
    old, new = await derived(world, "old", raw), await derived(world, "new")
    for id in (old, new):
        joined = await membership.register(
            world.graph, world.viewer, LIMITS, "digits", "svm", id, "PRODUCTION"
        )
    await withdrawal.withdraw(world.graph, world.viewer, raw, WHY)

    with pytest.raises(Tainted):
        await membership.roll_back(
            world.graph, world.viewer, joined.container_id, "PRODUCTION", joined.index, None
        )


@pytest.mark.parametrize(
    ("stages", "rolled_back"),
    [(("STAGING", "PRODUCTION"), "PRODUCTION"), (("PRODUCTION", "ABANDONED"), "ABANDONED")],
)
async def test_what_is_tainted_leaves_its_stage_by_a_roll_back_and_comes_to_no_other(
    world: World, stages: tuple[str, str], rolled_back: str
) -> None:
    raw = (await world.log("raw", {"a": b"raw"})).id
    good, bad = await derived(world, "good"), await derived(world, "bad", raw)

    async def staged(id: str, stage: str) -> Joined:
        return await membership.register(
            world.graph, world.viewer, LIMITS, "digits", "svm", id, stage
        )

    await staged(good, rolled_back)
    earlier, later = stages
    await staged(bad, earlier)
    joined = await staged(bad, later)
    await withdrawal.withdraw(world.graph, world.viewer, raw, WHY)

    id = joined.container_id
    await membership.roll_back(world.graph, world.viewer, id, rolled_back, joined.index, None)

    there = await membership.find(world.graph, world.viewer, id, stage=rolled_back)
    left = await membership.find(world.graph, world.viewer, id, index=joined.index)
    assert there
    assert left
    assert (there.artifact_id, left.artifact_id, left.stage) == (good, bad, "NONE")


async def test_what_is_tainted_comes_back_from_the_trash_without_its_protected_alias(
    world: World,
) -> None:
    raw = (await world.log("raw", {"a": b"raw"})).id
    model = await derived(world, "model", raw, aliases=("prod", "best"))
    collection = (await world.collection("model")).id
    await artifact.protect_aliases(
        world.graph, world.viewer, LIMITS, collection, ["prod"], protected=True
    )
    await deletion.delete(
        world.graph, world.blobs, world.viewer, [model], force=True, trash_seconds=60, seconds=10
    )
    await withdrawal.withdraw(world.graph, world.viewer, raw, WHY)

    await deletion.restore(world.graph, world.viewer, [model])

    assert await alias.by_artifacts(world.graph, world.viewer, [model]) == [("best",)]


async def test_a_withdrawal_stands_once_until_it_is_cleared(world: World) -> None:
    graph, viewer = world.graph, world.viewer
    raw = (await world.log("raw", {"a": b"raw"})).id
    await withdrawal.withdraw(graph, viewer, raw, WHY)
    seq = (await ledger.now(graph, viewer)).seq

    await withdrawal.withdraw(graph, viewer, raw, WHY)
    with pytest.raises(AlreadyWithdrawn, match=WHY):
        await withdrawal.withdraw(graph, viewer, raw, "Another.")
    assert (await ledger.now(graph, viewer)).seq == seq
    (standing,) = await withdrawal.standing(graph, viewer)
    assert (standing.entity_id, standing.reason, standing.by) == (raw, WHY, viewer.user)

    await withdrawal.clear(graph, viewer, raw, raw, "A mistake.")
    assert await withdrawal.standing(graph, viewer) == []
    with pytest.raises(NotWithdrawn, match=raw):
        await withdrawal.clear(graph, viewer, raw, raw, "A mistake.")
    await withdrawal.withdraw(graph, viewer, raw, "Another.")
    changes = await ledger.changes(graph, viewer, seq - 1, 10)
    assert [change.what for change in changes] == [
        "Withdrawn",
        "Cleared of a withdrawal",
        "Withdrawn",
    ]


async def test_what_cannot_be_withdrawn_or_cleared_is_refused_and_nothing_changes(
    world: World,
) -> None:
    graph, viewer = world.graph, world.viewer
    raw = (await world.log("raw", {"a": b"raw"})).id
    draft = await world.draft("new")
    await withdrawal.withdraw(graph, viewer, raw, WHY)
    project = await world.project()
    writer = viewer.model_copy(update={"projects": (project,), "administered": ()})
    before = await world.snapshot()

    for id, error in ((new_id("Artifact"), UnknownId), (draft, UnknownId), (project, WrongKind)):
        with pytest.raises(error):
            await withdrawal.withdraw(graph, viewer, id, WHY)
    for reason in ("", "  ", "x" * 2_001):
        with pytest.raises(BadInput, match="reason"):
            await withdrawal.withdraw(graph, viewer, raw, reason)
    with pytest.raises(UnknownId):
        await withdrawal.clear(graph, viewer, raw, new_id("Artifact"), WHY)
    with pytest.raises(Forbidden):
        await withdrawal.clear(graph, writer, raw, raw, WHY)

    assert await world.snapshot() == before
