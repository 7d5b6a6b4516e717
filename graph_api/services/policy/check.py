"""Reading what a policy asks of a version and of all it came of, and judging it."""

import asyncio
import time
from collections.abc import Sequence
from typing import TypeVar

from graph_api.errors import PolicyUnknown, PolicyViolated
from graph_api.graph import Query, Reader, Transaction, cypher
from graph_api.models import instant
from graph_api.models.entity import kind_of
from graph_api.models.ledger import Drawn
from graph_api.models.policy import Governing, Policy, Verdict, Version, Work
from graph_api.models.viewer import Viewer
from graph_api.services import approval, entity, ledger, lineage
from graph_api.services.policy.judge import Case, judged

GOVERNING = cypher("policy/governing", Governing)
VERSIONS = cypher("policy/versions", Version)
RUNS = cypher("policy/runs", Work)

Row = TypeVar("Row", Version, Work)

# Entities of one statement.
_BATCH = 2_000


async def check(
    tx: Transaction, viewer: Viewer, id: str, within: str, drawn: Drawn, deadline: float
) -> None:
    """PolicyViolated or PolicyUnknown where a version may not be promoted.

    ``within`` is what it is promoted in: a model, or a collection. To be asked under the ledger's
    lock: nothing that is judged changes meanwhile. Without a policy it costs one small read. What
    is not read by the deadline, on the monotonic clock, is unknown.
    """
    found = await tx.fetch_one(GOVERNING, id=within)
    if found is None or found.policy is None:
        return
    verdict = await _judged(tx, viewer, found.policy, id, drawn.seq, drawn.at, deadline)
    if verdict.violations:
        first, *others = verdict.violations
        raise PolicyViolated(found.project, first.says, first.path, len(others))
    if verdict.unknown is not None:
        raise PolicyUnknown(found.project, id, verdict.unknown.because, verdict.unknown.path)


async def checked(
    graph: Reader, viewer: Viewer, id: str, policy: Policy | None, *, seconds: float
) -> Verdict:
    """How a version stands by a policy at present; it passes where there is none.

    UnknownId for a version that the viewer does not see, and for a draft.
    """
    await entity.locate(graph, viewer, [id], "Artifact")
    if policy is None:
        return Verdict()
    seq = (await ledger.now(graph, viewer)).seq
    deadline = time.monotonic() + seconds
    return await _judged(graph, viewer, policy, id, seq, instant.now(), deadline)


async def _judged(
    reader: Reader, viewer: Viewer, policy: Policy, id: str, seq: int, now: int, deadline: float
) -> Verdict:
    found = lineage.Found(depths={id: 0})
    if policy.asks_upstream:
        found = await lineage.ancestry(reader, viewer, id, seq, deadline - time.monotonic())
    ids = [it for it in found.depths if kind_of(it) == "Artifact"]
    rows, in_time = await _read(reader, VERSIONS, ids, deadline)
    versions = {row.id: row for row in rows}
    runs: list[Work] | None = []
    if any(tag.barriers for tag in policy.forbidden_tags):
        ids = [it for it in found.depths if kind_of(it) == "Run"]
        runs, all_runs = await _read(reader, RUNS, ids, deadline)
        if not all_runs:
            runs, in_time = None, False
    if not in_time:
        found.reasons["TIMEOUT"] = None
    (approvals,) = await approval.of(reader, viewer, [id])
    case = Case(versions[id], found, versions, runs, approvals, now)
    return await asyncio.to_thread(judged, policy, case)


async def _read(
    reader: Reader, query: Query[Row], ids: Sequence[str], deadline: float
) -> tuple[list[Row], bool]:
    """The rows of the entities, the nearest first, and whether all were read by the deadline."""
    rows: list[Row] = []
    for start in range(0, len(ids), _BATCH):
        # The first ones, among which the version itself is, are read in any case.
        if start and time.monotonic() > deadline:
            return rows, False
        rows += await reader.fetch(query, ids=ids[start : start + _BATCH])
    return rows, True
