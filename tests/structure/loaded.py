"""A world with some hundred nodes of every kind, made through the services as users would."""

import asyncio
import hashlib
from datetime import timedelta
from pathlib import Path

from graph_api.blobs import BlobStore, FolderBlobs
from graph_api.graph import Graph
from graph_api.models.artifact import NewArtifact
from graph_api.models.integration import Options
from graph_api.models.manifest import Entry
from graph_api.models.metric import Point
from graph_api.models.pack import pack_key
from graph_api.models.policy import Policy
from graph_api.models.run import NewRun
from graph_api.models.viewer import Viewer
from graph_api.services import (
    api_key,
    approval,
    artifact,
    artifact_collection,
    deletion,
    edge,
    entity,
    expiry,
    idempotency,
    integration,
    job,
    membership,
    metric,
    note,
    pack,
    policy,
    project,
    run,
    webhook,
    withdrawal,
)
from graph_api.services.keyring import Keyring
from graph_api.services.webhook import turn
from graph_api.settings import Limits, Settings

LIMITS = Limits()
KEYRING = Keyring((bytes(32),), None)
REFERENCE = Entry(path="elsewhere", size=None, reference="s3://bucket/key")


async def load(graph: Graph, viewer: Viewer, folder: Path) -> None:
    """Two projects of runs that log, use and link what they find."""
    blobs = FolderBlobs(folder, b"secret")
    await blobs.check()
    await asyncio.gather(*(_project(graph, blobs, viewer, name) for name in ("digits", "letters")))
    moved = await artifact_collection.create(graph, viewer, LIMITS, "digits", "moved", "dataset")
    await artifact_collection.move(graph, viewer, moved, "letters")
    keys = [
        await api_key.create(
            graph,
            viewer,
            LIMITS,
            user,
            everywhere="read",
            projects={"digits": "write"},
            lifetime=timedelta(hours=1),
        )
        for user in ("grace", "ada", "joan")
    ]
    await api_key.revoke(graph, viewer, keys[0].id)


async def _project(graph: Graph, blobs: BlobStore, viewer: Viewer, name: str) -> None:
    used: tuple[str, ...] = ()
    for number in range(8):
        started = await run.start(
            graph,
            viewer,
            LIMITS,
            NewRun(
                project=name,
                experiment=f"experiment-{number % 3}" if number % 4 else None,
                parameters={"C": number},
                used=used,
            ),
        )
        points = [Point(key="accuracy", value=number / 8), Point(key="note", value=["any"])]
        call = idempotency.call(f"{name}-{number}", number)
        await metric.log(graph, viewer, LIMITS, started.id, points, call)
        made = await _version(graph, blobs, viewer, name, number, started.id)
        # The same content again: its draft remembers of which version it was.
        assert await _version(graph, blobs, viewer, name, number, started.id) == made
        await run.update(graph, viewer, LIMITS, started.id, name="renamed")
        await run.finish(graph, viewer, started.id, "FAILED", "To see a reason.")
        if used:
            await edge.link(graph, viewer, LIMITS, used[1], made, "input")
        used = (await _members(graph, viewer, name, number, made), made)
        await expiry.set_time_to_live(graph, viewer, made, 60)
        await note.add(graph, viewer, LIMITS, made, "To be remembered.", "a key")
        await approval.approve(graph, viewer, LIMITS, made, "legal", "Read.")
        if number % 2:
            await approval.revoke(graph, viewer, made, "legal", None)
        await withdrawal.withdraw(graph, viewer, started.id, "A mistake.")
        await withdrawal.clear(graph, viewer, started.id, made, "It was looked at.")
        if number % 2:
            await withdrawal.clear(graph, viewer, started.id, started.id, "It was none.")
        lost = await _version(graph, blobs, viewer, name, number + 8, started.id)
        await deletion.delete(
            graph, blobs, viewer, [lost], force=True, trash_seconds=60, seconds=10
        )
    for number in range(3):
        new = _new(name, number, None).model_copy(update={"base": [*used][-1]})
        draft = await artifact.create_draft(graph, viewer, LIMITS, new)
        await artifact.request_uploads(
            graph, blobs, viewer, LIMITS, draft, [REFERENCE, _big(number)], timedelta(hours=1)
        )
    await _pack(graph, blobs, viewer, name)
    options = Options.checked("bucket", "", None, "us-east-1", "access", "secret")
    await integration.create(graph, KEYRING, viewer, LIMITS, name, "lake", options)
    id, _ = await webhook.create(
        graph, KEYRING, viewer, LIMITS, name, "https://h.test/", ["lineage.changed"], of=[*used][-1]
    )
    await webhook.rotate_secret(graph, KEYRING, viewer, id)
    held = {"id": id, "lease": "x"}
    await graph.write(turn.CLAIM, microseconds=60_000_000, **held)
    await graph.write(turn.ADVANCE, seq=1, status=204, at=1, **held)
    failed = {"failing_since": 1, "error_code": "NOT_TAKEN", "error_message": "To see one."}
    await graph.write(turn.GIVE_BACK, properties=failed, microseconds=0, **held)
    scope = await project.scope(graph, viewer, name)
    collection = await artifact_collection.named(graph, viewer, scope, "name-0")
    await job.delete_collection(graph, viewer, collection.id, sure=True, really=True, force=False)
    keyed = viewer.model_copy(update={"key": "api_key_0"})
    for who in (viewer, keyed):
        verification = await job.verify_artifact(graph, who, [*used][-1])
        await job.take_turn(graph, blobs, Settings(), verification)
        await job.cancel(graph, viewer, verification)
    await artifact.protect_aliases(graph, viewer, LIMITS, collection.id, ["best"], protected=True)
    await entity.set_read_only(graph, viewer, collection.id, read_only=True)
    await project.update(graph, viewer, LIMITS, scope.id, description="Loaded.")
    await policy.set_policy(graph, viewer, LIMITS, name, Policy(greatest_age=60))


async def _pack(graph: Graph, blobs: BlobStore, viewer: Viewer, name: str) -> None:
    """A draft whose small files arrived together, one of which a deleted version has, too."""
    files = {f"small-{part}": f"{name} small {part}".encode() for part in range(8)}
    files["deleted"] = f"{name} 9 0".encode()
    entries = [
        Entry(path=path, size=len(data), sha256=hashlib.sha256(data).hexdigest())
        for path, data in sorted(files.items())
    ]
    draft = await artifact.create_draft(graph, viewer, LIMITS, _new(name, 0, None))
    await artifact.request_uploads(
        graph, blobs, viewer, LIMITS, draft, entries, timedelta(hours=1), pack=True
    )
    await blobs.put(pack_key(draft, "0"), b"".join(files[entry.path] for entry in entries))
    await pack.complete(graph, blobs, viewer, draft, 0)


def _big(number: int) -> Entry:
    """A file that goes up in parts, none of which ever comes."""
    return Entry(path="big", size=LIMITS.part_bytes + 1, sha256=f"{number:064}")


def _new(project: str, number: int, run_id: str | None) -> NewArtifact:
    return NewArtifact(
        project=project,
        name=f"name-{number % 5}",
        type="dataset",
        run_id=run_id,
        metadata={"number": number, "license": "MIT"},
        aliases=("best", f"alias-{number}"),
        tags=("tag",),
    )


async def _version(
    graph: Graph, blobs: BlobStore, viewer: Viewer, project: str, number: int, run_id: str
) -> str:
    files = [
        artifact.Given(
            entry=Entry(path=f"file-{part}", size=None),
            content=f"{project} {number} {part}".encode(),
        )
        for part in range(number % 4)
    ]
    made = await artifact.log(
        graph,
        blobs,
        viewer,
        LIMITS,
        _new(project, number, run_id),
        [*files, artifact.Given(entry=REFERENCE, content=None)],
    )
    return made.id


async def _members(graph: Graph, viewer: Viewer, name: str, number: int, made: str) -> str:
    stage = ("NONE", "STAGING", "PRODUCTION")[number % 3]
    joined = await membership.register(
        graph, viewer, LIMITS, name, f"model-{number % 3}", made, stage
    )
    await membership.snapshot(graph, viewer, LIMITS, name, f"dataset-{number % 2}", made)
    return joined.container_id
