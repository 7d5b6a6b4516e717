"""Membership: versions of Models and snapshots of Datasets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from graph_api.errors import BadInput, NoMember, NothingBefore, StageMoved
from graph_api.graph import Graph, Reader, Transaction, cypher
from graph_api.models import names
from graph_api.models.edge import Use
from graph_api.models.idempotency import Answer, Call
from graph_api.models.ledger import PRESENT, Drawn
from graph_api.models.membership import Before, Joined, Locked, Member, Members, StagePeriod
from graph_api.models.page import Listed, Page, Stretch, Window, at_most, page_of
from graph_api.models.viewer import Viewer
from graph_api.models.withdrawal import UNPROMOTED
from graph_api.services import artifact, dataset, entity, idempotency, ledger, model, promotion
from graph_api.settings import Limits

LOCK = cypher("membership/lock", Locked)
ADD = cypher("membership/add")
MEMBERS = cypher("membership/members", Members)
CURRENT = cypher("membership/current", Member)
BEFORE = cypher("membership/before", Before)
HISTORY = cypher("membership/history", StagePeriod)


async def add(
    graph: Graph,
    viewer: Viewer,
    limits: Limits,
    container_id: str,
    artifact_id: str,
    role: Literal["version", "snapshot"],
    stage: str | None,
) -> Joined:
    """Make a committed artifact a member; one that is a member already keeps its index.

    A ``stage`` that differs from the member's moves it there; None leaves it.
    """
    stage = None if stage is None else names.label("stage", stage, limits.name_length)

    async def work(tx: Transaction) -> Joined:
        await entity.writable(tx, viewer, container_id, "Model", "Dataset")
        await artifact.committed(tx, viewer, artifact_id)
        locked = await tx.fetch_one(LOCK, container_id=container_id, artifact_id=artifact_id)
        assert locked, container_id
        await entity.check_changeable(tx, container_id)
        new = locked.index is None
        index = locked.next_index if locked.index is None else locked.index
        wanted = stage or locked.stage or ("NONE" if role == "version" else None)
        if new or wanted != locked.stage:
            drawn = await ledger.draw(tx, viewer)
            # It may have been deleted meanwhile.
            await artifact.committed(tx, viewer, artifact_id)
            await _check_promotion(tx, viewer, drawn, container_id, artifact_id, wanted)
            await _place(tx, viewer, drawn, container_id, artifact_id, role, wanted, index)
            what = f"Added as {role}" if new else f"Moved to stage {wanted}"
            await ledger.record(tx, viewer, drawn, what, [container_id, artifact_id])
        return Joined(container_id=container_id, index=index, created=new)

    return await graph.in_transaction(work)


async def roll_back(
    graph: Graph,
    viewer: Viewer,
    model_id: str,
    stage: str,
    believed: int | None,
    call: Call | None,
) -> None:
    """Put back into a stage of a model what was its newest version there before.

    The version that is there goes back to the stage that it came from, or to NONE where it may not
    be promoted to that. ``believed`` is the index
    that the caller believes to be there, None for none: StageMoved where it is not, so that of two
    who roll back at once one does. NothingBefore where no other version was there that the viewer
    may see and that is not deleted.
    """
    stage = names.normalized(stage)

    async def work(tx: Transaction) -> Answer:
        await entity.writable(tx, viewer, model_id, "Model")
        await tx.write(entity.LOCK, id=model_id)
        await entity.check_changeable(tx, model_id)
        drawn = await ledger.draw(tx, viewer)
        found = await tx.fetch_one(
            BEFORE, container_id=model_id, stage=stage, projects=viewer.projects
        )
        assert found, model_id
        if found.index != believed:
            raise StageMoved(stage, believed, found.index)
        if found.before_id is None:
            way = "move one there by setStage"
            raise NothingBefore(f"The model had no other version in the stage {stage!r}", way)
        # Also one that never left the stage is what it means from now on.
        until = promotion.deadline()
        await _check_promotion(tx, viewer, drawn, model_id, found.before_id, stage, until)
        moves = [] if found.there else [(found.before_id, found.before_index, stage)]
        if found.artifact_id is not None:
            back = found.left_stage or "NONE"
            if back not in UNPROMOTED and await promotion.is_barred(
                tx, viewer, found.artifact_id, model_id, drawn, until
            ):
                # What is bad leaves its stage nevertheless.
                back = "NONE"
            moves.append((found.artifact_id, found.index, back))
        for artifact_id, index, to in moves:
            await _place(tx, viewer, drawn, model_id, artifact_id, "version", to, index)
        subjects = [model_id, *(artifact_id for artifact_id, _, _ in moves)]
        await ledger.record(tx, viewer, drawn, f"Stage {stage} rolled back", subjects)
        return Answer(id=model_id, created=False)

    await idempotency.once(graph, viewer, call, Answer, work)


async def _check_promotion(
    tx: Transaction,
    viewer: Viewer,
    drawn: Drawn,
    container_id: str,
    artifact_id: str,
    stage: str | None,
    until: float | None = None,
) -> None:
    """NotPromoted where a version may not be in a stage."""
    if stage is not None and stage not in UNPROMOTED:
        await promotion.check(tx, viewer, artifact_id, container_id, drawn, until)


async def _place(
    tx: Transaction,
    viewer: Viewer,
    drawn: Drawn,
    container_id: str,
    artifact_id: str,
    role: Literal["version", "snapshot"],
    stage: str | None,
    index: int | None,
) -> None:
    await tx.write(
        ADD,
        container_id=container_id,
        artifact_id=artifact_id,
        role=role,
        by=viewer.user,
        stage=stage,
        index=index,
        seq=drawn.seq,
        at=drawn.at,
    )


async def history(
    graph: Reader,
    viewer: Viewer,
    model_id: str,
    window: Window,
    index: int | None = None,
    stage: str | None = None,
) -> Page[StagePeriod]:
    """When versions of a model were in which stages, in the order in which they came there.

    Of one version, or of one stage, where that is said.
    """

    async def read(stretch: Stretch) -> Listed[StagePeriod]:
        # Every place lies before "~".
        low, high = stretch.texts("", "~")
        rows = await graph.fetch(
            HISTORY,
            organization_id=viewer.organization_id,
            container_id=model_id,
            index=index,
            stage=None if stage is None else names.normalized(stage),
            low=low,
            high=high,
            first=stretch.most,
            backward=stretch.backward,
            projects=viewer.projects,
        )
        return Listed([row.place for row in rows], rows)

    return await page_of(window, read)


async def register(
    graph: Graph,
    viewer: Viewer,
    limits: Limits,
    project: str,
    name: str,
    artifact_id: str,
    stage: str | None,
) -> Joined:
    """Register a committed artifact as a version of the model of this name in a project.

    Both are made where there are none, once nothing else is wrong.
    """
    if stage is not None:
        names.label("stage", stage, limits.name_length)
    await artifact.committed(graph, viewer, artifact_id)
    id = await model.create(graph, viewer, limits, project, name, exists_ok=True)
    return await add(graph, viewer, limits, id, artifact_id, "version", stage)


async def snapshot(
    graph: Graph, viewer: Viewer, limits: Limits, project: str, name: str, artifact_id: str
) -> Joined:
    """Add a committed artifact as a snapshot of the dataset of this name in a project.

    Both are made where there are none, once nothing else is wrong.
    """
    await artifact.committed(graph, viewer, artifact_id)
    id = await dataset.create(graph, viewer, limits, project, name, exists_ok=True)
    return await add(graph, viewer, limits, id, artifact_id, "snapshot", None)


async def current(
    graph: Reader,
    viewer: Viewer,
    container_id: str,
    index: int | None = None,
    stage: str | None = None,
) -> Member:
    """The newest member, or the newest in a stage, or the one of an index; else NoMember."""
    member = await find(graph, viewer, container_id, index, stage)
    if member is None:
        raise NoMember(container_id, index, stage)
    return member


async def find(
    graph: Reader,
    viewer: Viewer,
    container_id: str,
    index: int | None = None,
    stage: str | None = None,
    seq: int = PRESENT,
) -> Member | None:
    """As :func:`current`, but as of a seq, and None where there is none.

    BadInput for index and stage together.
    """
    if index is not None and stage is not None:
        raise BadInput(f"Give either the index ({index}) or the stage ({stage!r}), not both.")
    stage = None if stage is None else names.normalized(stage)
    return await graph.fetch_one(
        CURRENT,
        container_id=container_id,
        seq=seq,
        index=index,
        stage=stage,
        projects=viewer.projects,
    )


@dataclass(frozen=True)
class MembersOf:
    """A batch function: a stretch of the members of each container as of a seq, by index."""

    stretch: Stretch
    seq: int = PRESENT

    async def __call__(self, graph: Reader, viewer: Viewer, ids: list[str]) -> list[Listed[Member]]:
        """The members of each container."""
        low, high = self.stretch.numbers()
        rows = await graph.fetch(
            MEMBERS,
            ids=ids,
            low=low,
            high=high,
            seq=self.seq,
            first=self.stretch.most,
            backward=self.stretch.backward,
            projects=viewer.projects,
        )
        found = {row.of: Listed([str(it.index) for it in row.found], row.found) for row in rows}
        return [found.get(id, Listed([], [])) for id in ids]


async def resolved(reader: Reader, viewer: Viewer, ids: Sequence[str]) -> list[Use]:
    """What using these entities means, each once: a Model or Dataset stands for its newest member.

    BadInput for more than 1,000, Deleted for a version that is.
    """
    at_most(len(ids))
    found = await entity.locate(reader, viewer, list(ids))
    uses: dict[str, Use] = {}
    for id in ids:
        use = Use(id=id)
        found[id].check_living()
        if found[id].kind in ("Model", "Dataset"):
            member = await current(reader, viewer, id)
            use = Use(id=member.artifact_id, via=id)
        uses.setdefault(use.id, use)
    return list(uses.values())
