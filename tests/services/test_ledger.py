"""The ledger: gapless, ever later, chained as ``docs/ledger.md`` says; silent on refusals."""

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from graph_api.errors import (
    BadInput,
    BadMetadata,
    BadName,
    BadParameter,
    BadRole,
    GraphApiError,
    NameTaken,
    NoMember,
    UnknownId,
    WouldCloseCycle,
    WrongKind,
)
from graph_api.graph import Graph, Query, Transaction
from graph_api.models import instant
from graph_api.models.entity import new_id
from graph_api.models.ledger import GENESIS, AsOf, Change, Drawn, chained
from graph_api.models.project import Project
from graph_api.models.run import NewRun
from graph_api.models.viewer import Viewer
from graph_api.services import dataset, edge, entity, ledger, membership, model, project, run
from tests.services.world import LIMITS

SPECIFICATION = Path(__file__).parents[2] / "docs" / "ledger.md"


class Counts(BaseModel, frozen=True):
    """How much there is in the graph."""

    nodes: int
    edges: int


COUNTS = Query(
    "tests/counts",
    """
    RETURN COUNT { () } AS nodes, COUNT { ()-->() } AS edges
    """,
    Counts,
)


def digest(change: dict[str, Any]) -> str:
    """The hash as the specification says it, for the texts and integers that a change holds."""
    text = json.dumps(change, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def verify(changes: list[Change]) -> None:
    """The whole chain, from its first change."""
    previous, at = GENESIS, 0
    for place, change in enumerate(changes, 1):
        assert change.seq == place
        assert change.at > at
        assert change.previous == previous
        assert change.hash == digest(change.model_dump(exclude={"hash"}))
        previous, at = change.hash, change.at


def test_the_specification_has_the_vectors_that_are_computed() -> None:
    texts = re.findall(r"```json vector\n(.*?)```", SPECIFICATION.read_text("utf-8"), re.DOTALL)
    vectors: list[dict[str, Any]] = [json.loads(text) for text in texts]

    for vector in vectors:
        change = vector["change"]
        made = chained(
            Drawn.model_validate(change), change["by"], change["what"], change["subjects"]
        )
        assert made.hash == vector["hash"]
        assert hashlib.sha256(vector["bytes"].encode()).hexdigest() == vector["hash"]
        assert json.loads(vector["bytes"]) == change
    verify([Change(**vector["change"], hash=vector["hash"]) for vector in vectors])
    assert len(vectors) == 2


async def test_eight_writers_leave_one_gapless_chain(graph: Graph, viewer: Viewer) -> None:
    await project.create(graph, viewer, LIMITS, "digits")

    async def write(writer: int) -> list[str]:
        by = viewer.model_copy(update={"user": f"writer {writer}"})
        return [
            await model.create(graph, by, LIMITS, "digits", f"Mödel {writer} {number}")
            for number in range(8)
        ]

    ids = await asyncio.gather(*(write(writer) for writer in range(8)))

    changes = await ledger.changes(graph, viewer, 0, 1_000)
    verify(changes)
    assert [change.seq for change in changes] == list(range(1, 66))
    for writer in range(8):
        mine = [change for change in changes if change.by == f"writer {writer}"]
        assert [change.subjects for change in mine] == [(id,) for id in ids[writer]]
        assert {change.what for change in mine} == {"Model created"}
    moment = await ledger.now(graph, viewer)
    assert moment.seq == 65
    assert await ledger.at(graph, viewer, 65) == moment


async def test_time_grows_where_the_clock_stands_still_or_goes_back(
    graph: Graph, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([5_000_000, 5_000_000, 3_000_000, 5_000_001, 9_000_000])
    monkeypatch.setattr(instant, "now", lambda: next(times))

    ids = [await project.create(graph, viewer, LIMITS, f"p{number}") for number in range(5)]

    changes = await ledger.changes(graph, viewer, 0, 10)
    verify(changes)
    assert [change.at for change in changes] == [
        5_000_000,
        5_000_001,
        5_000_002,
        5_000_003,
        9_000_000,
    ]
    found = await entity.by_ids(graph, viewer, Project, ids)
    assert [row and row.created_at for row in found] == [
        (await ledger.at(graph, viewer, seq)).at for seq in range(1, 6)
    ]


async def test_changes_are_read_in_order_and_in_parts(graph: Graph, viewer: Viewer) -> None:
    for number in range(5):
        await project.create(graph, viewer, LIMITS, f"p{number}")

    assert [change.seq for change in await ledger.changes(graph, viewer, 0, 2)] == [1, 2]
    assert [change.seq for change in await ledger.changes(graph, viewer, 3, 9)] == [4, 5]
    assert await ledger.changes(graph, viewer, 5, 9) == []
    stranger = viewer.model_copy(update={"organization_id": new_id("Organization")})
    assert await ledger.changes(graph, stranger, 0, 9) == []
    assert (await ledger.at(graph, viewer, 0)).at.timestamp() == 0
    for seq in (-1, 6):
        with pytest.raises(BadInput, match=f"seq is {seq}; the newest is 5"):
            await ledger.at(graph, viewer, seq)


async def test_the_moment_of_a_time_is_the_newest_change_by_then(
    graph: Graph, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([5_000_000, 5_000_000, 9_000_000])
    monkeypatch.setattr(instant, "now", lambda: next(times, 9_000_001))
    for number in range(3):
        await project.create(graph, viewer, LIMITS, f"p{number}")
    stranger = viewer.model_copy(update={"organization_id": new_id("Organization")})

    for at, seq in (
        (-1, 0),
        (4_999_999, 0),
        (5_000_000, 1),
        (5_000_001, 2),
        (8_999_999, 2),
        (9_000_000, 3),
        (9_000_001, 3),
    ):
        assert await ledger.seq_of(graph, viewer, AsOf(at=at)) == seq
        assert await ledger.seq_of(graph, stranger, AsOf(at=at)) == 0
    with pytest.raises(BadInput, match=r"asOf is 1970-01-01T00:00:09\.000002.* still to come"):
        await ledger.seq_of(graph, viewer, AsOf(at=9_000_002))
    assert await ledger.seq_of(graph, viewer, AsOf(seq=99)) == 99


async def test_a_transaction_that_fails_late_leaves_no_gap(graph: Graph, viewer: Viewer) -> None:
    await project.create(graph, viewer, LIMITS, "first")

    async def work(tx: Transaction) -> None:
        drawn = await ledger.draw(tx, viewer)
        await ledger.record(tx, viewer, drawn, "Test", [])
        raise KeyError(drawn.seq)

    with pytest.raises(KeyError, match="2"):
        await graph.in_transaction(work)
    await project.create(graph, viewer, LIMITS, "second")

    changes = await ledger.changes(graph, viewer, 0, 10)
    verify(changes)
    assert [change.what for change in changes] == ["Project created"] * 2


Refused = tuple[type[GraphApiError], Callable[[], Awaitable[object]]]


async def test_what_is_refused_writes_nothing_and_leaves_no_change(
    graph: Graph, viewer: Viewer
) -> None:
    await project.create(graph, viewer, LIMITS, "digits")
    svm = await model.create(graph, viewer, LIMITS, "digits", "svm")
    images = await dataset.create(graph, viewer, LIMITS, "digits", "images")
    train = (await run.start(graph, viewer, LIMITS, NewRun(project="digits", key="train"))).id
    await edge.link(graph, viewer, LIMITS, images, svm, "training dataset")
    unknown = new_id("Run")
    refused: list[Refused] = [
        (NameTaken, lambda: model.create(graph, viewer, LIMITS, "digits", "svm")),
        (BadName, lambda: model.create(graph, viewer, LIMITS, "digits", "a/b")),
        (
            BadMetadata,
            lambda: model.update(graph, viewer, LIMITS, svm, metadata={"x": float("nan")}),
        ),
        (WrongKind, lambda: model.update(graph, viewer, LIMITS, images, name="x")),
        (UnknownId, lambda: model.update(graph, viewer, LIMITS, new_id("Model"), name="x")),
        (WouldCloseCycle, lambda: edge.link(graph, viewer, LIMITS, svm, images, "teacher")),
        (BadRole, lambda: edge.link(graph, viewer, LIMITS, svm, images, "version")),
        (BadName, lambda: edge.link(graph, viewer, LIMITS, images, svm, "\ud800")),
        (UnknownId, lambda: edge.link(graph, viewer, LIMITS, unknown, svm, "teacher")),
        (UnknownId, lambda: run.use(graph, viewer, train, [svm, unknown])),
        (NoMember, lambda: run.use(graph, viewer, train, [svm])),
        (UnknownId, lambda: run.log(graph, viewer, train, [svm, unknown])),
        (UnknownId, lambda: run.finish(graph, viewer, unknown, "COMPLETED", None)),
        (
            NameTaken,
            lambda: run.start(graph, viewer, LIMITS, NewRun(project="digits", key="train")),
        ),
        (
            UnknownId,
            lambda: run.start(graph, viewer, LIMITS, NewRun(project="digits", used=(unknown,))),
        ),
        (
            BadParameter,
            lambda: run.log_parameters(graph, viewer, LIMITS, train, {"x": [1]}),
        ),
        (
            UnknownId,
            lambda: membership.add(graph, viewer, LIMITS, svm, new_id("Artifact"), "version", None),
        ),
    ]
    before = (await ledger.changes(graph, viewer, 0, 100), await graph.fetch(COUNTS))

    for error, call in refused:
        with pytest.raises(error):
            await call()
        after = (await ledger.changes(graph, viewer, 0, 100), await graph.fetch(COUNTS))
        assert after == before, error

    verify(before[0])
    assert len(before[0]) == 5


async def test_saying_the_same_again_leaves_no_change(graph: Graph, viewer: Viewer) -> None:
    await project.create(graph, viewer, LIMITS, "digits")
    svm = await model.create(graph, viewer, LIMITS, "digits", "svm")
    images = await dataset.create(graph, viewer, LIMITS, "digits", "images")
    train = (await run.start(graph, viewer, LIMITS, NewRun(project="digits"))).id
    await edge.link(graph, viewer, LIMITS, images, svm, "training dataset")
    await run.log(graph, viewer, train, [svm])
    await run.finish(graph, viewer, train, "COMPLETED", None)
    before = (await ledger.changes(graph, viewer, 0, 100), await graph.fetch(COUNTS))

    await project.create(graph, viewer, LIMITS, "digits", exists_ok=True)
    await edge.link(graph, viewer, LIMITS, images, svm, "training dataset")
    await run.finish(graph, viewer, train, "COMPLETED", None)

    assert (await ledger.changes(graph, viewer, 0, 100), await graph.fetch(COUNTS)) == before
