"""Reading what a policy asks of a version and of all it came of, and judging it."""

import asyncio
from collections.abc import Sequence

from graph_api.errors import PolicyUnknown, PolicyViolated
from graph_api.graph import Reader, Transaction, cypher
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

# Seconds that a promotion may walk while it holds the ledger, for which others wait.
_SECONDS = 20
# Entities of one statement.
_BATCH = 2_000


async def check(tx: Transaction, viewer: Viewer, id: str, within: str, drawn: Drawn) -> None:
    """PolicyViolated or PolicyUnknown where a version may not be promoted.

    ``within`` is what it is promoted in: a model, or a collection. To be asked under the ledger's
    lock: nothing that is judged changes meanwhile. Without a policy it costs one small read.
    """
    found = await tx.fetch_one(GOVERNING, id=within)
    if found is None or found.policy is None:
        return
    verdict = await _judged(tx, viewer, found.policy, id, drawn.seq, drawn.at, _SECONDS)
    if verdict.violations:
        first, *others = verdict.violations
        raise PolicyViolated(found.project, first.says, first.path, len(others))
    if verdict.unknown is not None:
        because = "PERMISSION" if verdict.unknown else "TIMEOUT"
        raise PolicyUnknown(found.project, id, because, verdict.unknown)


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
    return await _judged(graph, viewer, policy, id, seq, instant.now(), seconds)


async def _judged(
    reader: Reader, viewer: Viewer, policy: Policy, id: str, seq: int, now: int, seconds: float
) -> Verdict:
    found = lineage.Found(depths={id: 0})
    if policy.asks_upstream:
        found = await lineage.ancestry(reader, viewer, id, seq, seconds)
    versions: dict[str, Version] = {}
    for ids in _batches([it for it in found.depths if kind_of(it) == "Artifact"]):
        versions |= {row.id: row for row in await reader.fetch(VERSIONS, ids=ids)}
    runs: list[Work] = []
    if any(tag.barriers for tag in policy.forbidden_tags):
        for ids in _batches([it for it in found.depths if kind_of(it) == "Run"]):
            runs += await reader.fetch(RUNS, ids=ids)
    (approvals,) = await approval.of(reader, viewer, [id])
    case = Case(versions[id], found, versions, runs, approvals, now)
    return await asyncio.to_thread(judged, policy, case)


def _batches(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH)]
