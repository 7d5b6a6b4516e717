"""A node that is deleted while somebody waits for its lock: who waited goes on as if it never was.

Neo4j hands over the lock of a node that is no more, with nulls for its properties.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from graph_api import errors
from graph_api.graph import Graph, Nothing, Query, Transaction
from graph_api.models.entity import new_id
from graph_api.models.idempotency import Answer
from graph_api.services import doctor, idempotency, upload
from graph_api.settings import Limits
from tests.services.purge import purge
from tests.services.test_sweep import later
from tests.services.world import HOUR, World, entry

Result = TypeVar("Result")

LOCK_UPLOADS = Query(
    "tests/lock_uploads", "MATCH (u:Upload) SET u.lock = '1' WITH u DELETE u", Nothing
)
LOCK_RECORDS = Query(
    "tests/lock_records", "MATCH (i:Idempotency) SET i.lock = '1' WITH i DELETE i", Nothing
)
LOCK_CONTENTS = Query(
    "tests/lock_contents",
    "MATCH (n) WHERE n:Blob OR n:ManifestPage SET n.lock = '1' WITH n DETACH DELETE n",
    Nothing,
)
LIMITS = Limits(part_bytes=5 << 20)
BIG = entry("big", b"0").model_copy(update={"size": 6 << 20})


async def beside(
    graph: Graph, delete: Query[Nothing], waiting: Callable[[], Awaitable[Result]]
) -> Result:
    """What is answered to who begins after the nodes are deleted, and before that is committed."""
    task: asyncio.Task[Result] | None = None

    async def work(tx: Transaction) -> None:
        nonlocal task
        await tx.write(delete)
        if task is None:
            task = asyncio.ensure_future(waiting())
            await asyncio.sleep(0.5)

    await graph.in_transaction(work)
    assert task is not None
    return await task


async def begin(world: World) -> str:
    found = await upload.request(
        world.graph, world.blobs, world.viewer, LIMITS, {(str(BIG.sha256), BIG.size or 0)}
    )
    (progress,) = found.values()
    return progress.upload.id


@pytest.mark.parametrize("byte_store", ["folder"], indirect=True)
async def test_an_upload_that_a_commit_takes_is_unknown_to_who_waited(world: World) -> None:
    id = await begin(world)

    with pytest.raises(errors.UnknownId):
        await beside(
            world.graph,
            LOCK_UPLOADS,
            lambda: upload.sign_parts(
                world.graph,
                world.blobs,
                world.viewer,
                LIMITS,
                id,
                [(1, "0" * 64)],
                HOUR,
            ),
        )


@pytest.mark.parametrize("byte_store", ["folder"], indirect=True)
async def test_an_upload_that_a_commit_takes_is_begun_anew(world: World) -> None:
    id = await begin(world)

    assert await beside(world.graph, LOCK_UPLOADS, lambda: begin(world)) != id


@pytest.mark.parametrize("byte_store", ["folder"], indirect=True)
async def test_a_call_whose_record_is_forgotten_takes_effect_again(world: World) -> None:
    call = idempotency.call("key", "request")

    async def work(tx: Transaction) -> Answer:
        return Answer(id=new_id("Run"), created=True)

    async def once() -> Answer:
        return await idempotency.once(world.graph, world.viewer, call, Answer, work)

    first = await once()
    assert await once() == first
    assert await beside(world.graph, LOCK_RECORDS, once) != first


async def test_contents_that_the_sweep_removes_are_stored_by_the_commit_that_waited(
    world: World,
) -> None:
    gone = await world.log("data", {"a": b"1"})
    await purge(world.graph, world.blobs, world.viewer, gone.id)
    draft = await world.draft("other")
    await world.upload(draft, {"a": b"1", "b": b"2"})
    before = time.monotonic()

    try:
        made = await beside(world.graph, LOCK_CONTENTS, lambda: world.commit(draft))
    except errors.NeedsUpload:
        # The content was readable when the uploads were requested.
        await world.upload(draft, {"a": b"1", "b": b"2"})
        made = await world.commit(draft)

    assert time.monotonic() - before < 60
    assert await world.download(made.id) == {"a": b"1", "b": b"2"}
    findings = doctor.examine(world.graph, world.blobs, later(), read=True)
    assert [finding async for finding in findings if finding.trouble != "EXTRA"] == []
