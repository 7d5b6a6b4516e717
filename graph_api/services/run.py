"""Runs: begun, resumed, ended; what they say about themselves."""

from collections.abc import Sequence
from typing import Any

from graph_api.errors import BadInput, BadParameter, NameTaken, RunEnded
from graph_api.graph import Graph, Keys, Reader, Transaction, cypher
from graph_api.models import instant, names
from graph_api.models import metadata as json
from graph_api.models.columns import Fields
from graph_api.models.entity import list_key, name_key, new_id
from graph_api.models.idempotency import Call
from graph_api.models.ledger import Drawn
from graph_api.models.page import Counted, Window, at_most
from graph_api.models.run import NewRun, Number, Run, Started, Status
from graph_api.models.viewer import Viewer
from graph_api.models.where import Order, Where
from graph_api.services import (
    edge,
    entity,
    experiment,
    idempotency,
    ledger,
    membership,
    project,
    reading,
)
from graph_api.settings import Limits

BY_KEY = cypher("run/by_key", Run)
LOCK_PROJECT = cypher("run/lock_project", Number)
COUNT = cypher("run/count")
SET_PARAMETERS = cypher("run/set_parameters")

_OF_EXPERIMENT = Keys(created="experiment_key", name="experiment_name_key")


async def checked(graph: Reader, viewer: Viewer, id: str) -> Run:
    """The run of this id, or UnknownId."""
    return await entity.checked(graph, viewer, Run, id)


async def by_key(graph: Reader, viewer: Viewer, project_id: str, key: str) -> Run | None:
    """The run of this key in a project."""
    return await graph.fetch_one(
        BY_KEY, project_id=project_id, key=names.normalized(key), projects=viewer.projects
    )


async def page(
    graph: Graph,
    viewer: Viewer,
    project_id: str,
    window: Window,
    order: Order | None = None,
    where: Where | None = None,
    fields: Fields = None,
) -> Counted[Run]:
    """A project's runs, oldest first unless ordered otherwise."""
    return await reading.page(graph, viewer, Run, project_id, window, order, where, fields)


async def of_experiment(
    graph: Graph,
    viewer: Viewer,
    experiment_id: str,
    window: Window,
    order: Order | None = None,
    where: Where | None = None,
    fields: Fields = None,
) -> Counted[Run]:
    """An experiment's runs, oldest first unless ordered otherwise."""
    return await reading.page(
        graph, viewer, Run, experiment_id, window, order, where, fields, _OF_EXPERIMENT
    )


async def start(
    graph: Graph, viewer: Viewer, limits: Limits, new: NewRun, call: Call | None = None
) -> Started:
    """Begin a run, or go on with the one of this key where ``resume`` says so.

    All that it used is drawn in the same transaction. One that goes on takes the new parameters,
    and keeps its name, words and experiment. NameTaken for a key that a run has.
    """
    if known := await idempotency.known(graph, viewer, call, Started):
        return known
    key = None if new.key is None else names.name("run key", new.key, limits.name_length)
    name = None if new.name is None else names.label("run", new.name, limits.name_length)
    parameters = _parameters(limits, {}, new.parameters)
    described = entity.described(limits, new.description, new.metadata)
    started_at = instant.past("startedAt", new.started_at)
    await membership.resolved(graph, viewer, new.used)
    exists = key is not None and await _exists(graph, viewer, new.project, key)
    if exists and not new.resume:
        # The same call may have made it just now.
        if known := await idempotency.known(graph, viewer, call, Started):
            return known
        raise NameTaken("Run", key or "", f"Project {new.project!r}")
    experiment_id = None
    if new.experiment is not None and not exists:
        experiment_id = await experiment.of_run(
            graph, viewer, limits, new.project, new.experiment, new.create_experiment
        )
    project_id = await project.create(graph, viewer, limits, new.project, exists_ok=True)
    viewer.require("write", project_id)
    heartbeat_at = instant.now() if new.heartbeats else None

    async def work(tx: Transaction) -> Started:
        (following,) = await tx.write(LOCK_PROJECT, project_id=project_id)
        existing = key and await by_key(tx, viewer, project_id, key)
        if existing and not new.resume:
            raise NameTaken("Run", existing.key, f"Project {new.project!r}")
        if existing:
            existing = await locked(tx, viewer, existing.id)
        drawn = await ledger.draw(tx, viewer)
        uses = await membership.resolved(tx, viewer, new.used)
        if existing:
            await set_status(
                tx, viewer, drawn, existing, "RUNNING", None, heartbeat_at=heartbeat_at
            )
            id = existing.id
            changed = _parameters(limits, existing.parameters, new.parameters)
            await tx.write(SET_PARAMETERS, id=id, properties=changed)
        else:
            id = new_id("Run")
            number = following.number
            label = name or f"run-{number}"
            await tx.write(COUNT, project_id=project_id, number=number)
            await entity.create(
                tx,
                viewer,
                drawn,
                "Run",
                project_id,
                id=id,
                experiment_id=experiment_id,
                experiment_key=experiment_id and list_key(experiment_id, id),
                experiment_name_key=experiment_id and name_key(experiment_id, label, id),
                key=key or id.rpartition("_")[2],
                number=number,
                name=label,
                status="RUNNING",
                started_at=drawn.at if started_at is None else started_at,
                heartbeat_at=heartbeat_at,
                **described,
                **parameters,
            )
        await edge.use(tx, drawn, uses, id)
        subjects = [id, *(use.id for use in uses)]
        await ledger.record(
            tx, viewer, drawn, "Run resumed" if existing else "Run started", subjects
        )
        return Started(id=id, created=not existing)

    return await idempotency.once(graph, viewer, call, Started, work)


async def _exists(graph: Graph, viewer: Viewer, within: str, key: str) -> bool:
    scope = await project.by_name(graph, viewer, within)
    return scope is not None and await by_key(graph, viewer, scope.id, key) is not None


async def finish(
    graph: Graph,
    viewer: Viewer,
    id: str,
    status: Status,
    reason: str | None,
    ended_at: int | None = None,
) -> None:
    """End a run, now or at an earlier time; to say the same again changes nothing.

    RunEnded where it ended otherwise. A CRASHED one was only not heard of: it may end in any way.
    """
    ended_at = instant.past("endedAt", ended_at)

    async def work(tx: Transaction) -> None:
        run = await locked(tx, viewer, id)
        if run.status == status:
            return
        if run.status not in ("RUNNING", "CRASHED"):
            raise RunEnded(id, run.status)
        began = run.started_at or run.created_at
        if ended_at is not None and instant.of(ended_at) < began:
            raise BadInput(
                f"endedAt is {instant.of(ended_at).isoformat()}, before {began.isoformat()}, when "
                "the run began."
            )
        drawn = await ledger.draw(tx, viewer)
        await set_status(tx, viewer, drawn, run, status, reason, ended_at=ended_at)
        await ledger.record(tx, viewer, drawn, f"Run {status}", [id])

    await graph.in_transaction(work)


async def use(graph: Graph, viewer: Viewer, id: str, entities: Sequence[str]) -> None:
    """Say that a run used things of any kind; what is said already stays as it is."""

    async def work(tx: Transaction) -> None:
        await locked(tx, viewer, id)
        drawn = await ledger.draw(tx, viewer)
        uses = await membership.resolved(tx, viewer, entities)
        if new := await edge.use(tx, drawn, uses, id):
            await ledger.record(tx, viewer, drawn, "Used by run", [id, *new])

    await graph.in_transaction(work)


async def log(graph: Graph, viewer: Viewer, id: str, entities: Sequence[str]) -> None:
    """Say that a run logged things of any kind that exist; what is said already stays as it is."""
    distinct = list(dict.fromkeys(entities))
    at_most(len(distinct))

    async def work(tx: Transaction) -> None:
        await locked(tx, viewer, id)
        drawn = await ledger.draw(tx, viewer)
        await entity.locate(tx, viewer, distinct)
        if new := await edge.log(tx, drawn, distinct, id):
            await ledger.record(tx, viewer, drawn, "Logged by run", [id, *new])

    await graph.in_transaction(work)


async def update(
    graph: Graph,
    viewer: Viewer,
    limits: Limits,
    id: str,
    name: str | None = None,
    description: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> None:
    """Overwrite what is given; names of runs need not be unique."""
    await entity.update(
        graph,
        viewer,
        limits,
        Run,
        id,
        name=None if name is None else names.label("run", name, limits.name_length),
        description=description,
        metadata=metadata,
    )


async def log_parameters(
    graph: Graph, viewer: Viewer, limits: Limits, id: str, parameters: dict[str, Any]
) -> None:
    """Add parameters, which are scalars; one of the same key is overwritten."""

    async def work(tx: Transaction) -> None:
        run = await locked(tx, viewer, id)
        properties = _parameters(limits, run.parameters, parameters)
        await tx.write(SET_PARAMETERS, id=id, properties=properties)

    await graph.in_transaction(work)


async def set_status(
    tx: Transaction,
    viewer: Viewer,
    drawn: Drawn,
    run: Run,
    status: Status,
    reason: str | None,
    *,
    ended_at: int | None = None,
    heartbeat_at: int | None = None,
) -> None:
    """Give a locked run another status; a Revision keeps the one before.

    One that does not go on ended now, unless it says when.
    """
    now = instant.now() if ended_at is None else ended_at
    over = None if status == "RUNNING" else now
    before = {"status": run.status, "reason": run.reason, "ended_at": run.ended_at}
    after = {"status": status, "reason": reason}
    ended = None if over is None else instant.of(over)
    await entity.revise(
        tx,
        viewer,
        drawn,
        run.id,
        before,
        {**after, "ended_at": ended},
        {**after, "ended_at": over, "heartbeat_at": heartbeat_at},
    )


async def locked(tx: Transaction, viewer: Viewer, id: str) -> Run:
    """The run under its lock, or UnknownId."""
    viewer.require("write", (await checked(tx, viewer, id)).project_id)
    await tx.write(entity.LOCK, id=id)
    return await checked(tx, viewer, id)


def _parameters(
    limits: Limits, known: dict[str, Any], parameters: dict[str, Any]
) -> dict[str, Any]:
    for key, value in parameters.items():
        if value is not None and not isinstance(value, str | int | float | bool):
            raise BadParameter(key, type(value).__name__)
    merged = known | parameters
    return {
        "parameters": json.canonical(merged, limits.metadata_keys, limits.metadata_bytes),
        **dict.fromkeys(json.flattened(known, "parameter")),
        **json.flattened(merged, "parameter"),
    }
