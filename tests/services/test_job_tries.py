"""Jobs that come no further: a store that is away is waited for, what cannot be read is told."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from graph_api.blobs import FolderBlobs
from graph_api.errors import StoreUnavailable
from graph_api.graph import Nothing, Query
from graph_api.models.deletion import Plan
from graph_api.models.job import Job
from graph_api.services import job, manifest
from graph_api.services.deletion import trash
from graph_api.services.job import deletion as slices
from graph_api.services.job import turn as turns
from graph_api.services.job.slice import TRIES
from tests.services.work import deletion_of, logged, read, states, told, turn
from tests.services.world import World

FILES = {"a": b"alpha", "b": b"beta", "same": b"alpha"}
AT_ONCE = Query("tests/at_once", "MATCH (j:Job) WHERE j.due_at > 0 SET j.due_at = 0", Nothing)
ABANDONED = Query(
    "tests/abandoned", "MATCH (j:Job) WHERE j.due_at > 0 SET j.due_at = 0, j.lease = 'x'", Nothing
)


async def begun(world: World) -> tuple[str, str]:
    """A version, and a job that verifies it."""
    id = (await world.log("data", FILES)).id
    return id, await job.verify_artifact(world.graph, world.viewer, id)


async def key_of(world: World, data: bytes) -> str:
    sha256 = hashlib.sha256(data).hexdigest()
    (key,) = [key for key in await world.blobs.sizes("") if key.endswith(f"/{sha256}")]
    return key


def fail(world: World, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    """Have the store fail to read one object."""
    reading = world.blobs.read

    async def read(key: str, *args: int) -> AsyncIterator[bytes]:
        if key == failing:
            raise StoreUnavailable("byte store")
        async for chunk in reading(key, *args):
            yield chunk

    monkeypatch.setattr(world.blobs, "read", read)


async def tried(world: World, id: str, times: int) -> Job:
    """The job after so many tries in vain."""
    for _ in range(times):
        with pytest.raises(StoreUnavailable):
            await turn(world, id)
        await world.graph.write(AT_ONCE)
    return await read(world, id)


async def test_a_file_that_the_store_fails_to_read_is_told_after_some_tries(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, id = await begun(world)
    fail(world, monkeypatch, await key_of(world, b"alpha"))

    assert told(await tried(world, id, TRIES - 1)) == ("RUNNING", 0, 3, None)
    row = await turn(world, id)

    assert (told(row), row.tries) == (("RUNNING", 3, 3, None), 0)
    assert (row.result["files"], row.result["faults"]) == (3, 2)
    assert (row.result["unreadable"], row.result["damaged"]) == (["a", "same"], [])
    assert told(await turn(world, id)) == ("COMPLETED", 3, 3, None)


async def test_a_page_that_the_store_fails_to_read_is_told_after_some_tries(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    version, id = await begun(world)
    (page,) = await manifest.pages_of(world.graph, version)
    fail(world, monkeypatch, page.key)
    await tried(world, id, TRIES - 1)

    row = await turn(world, id)

    assert (row.result["files"], row.result["faults"], row.result["unlisted"]) == (0, 3, 3)
    assert told(await turn(world, id)) == ("COMPLETED", 3, 3, None)


@pytest.mark.no_bytes
async def test_a_file_of_the_folder_that_cannot_be_opened_is_told_after_some_tries(
    world: World,
) -> None:
    _, id = await begun(world)
    assert isinstance(world.blobs, FolderBlobs)
    key = await key_of(world, b"beta")
    (file,) = Path(world.blobs.root).rglob(key.rpartition("/")[2])
    file.unlink()
    # EIO is not to be had; a link that goes round is no missing file either.
    file.symlink_to(file)
    try:
        await tried(world, id, TRIES - 1)
        assert (await turn(world, id)).result["unreadable"] == ["b"]
    finally:
        # The store is that of other tests, too, and cannot be listed so.
        file.unlink()


@pytest.mark.no_bytes
async def test_what_has_become_a_folder_is_missing_at_once(world: World) -> None:
    _, id = await begun(world)
    assert isinstance(world.blobs, FolderBlobs)
    (file,) = Path(world.blobs.root).rglob((await key_of(world, b"beta")).rpartition("/")[2])
    file.unlink()
    file.mkdir()

    assert (await turn(world, id)).result["missing"] == ["b"]
    file.rmdir()


async def test_a_store_that_is_away_is_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, id = await begun(world)
    with monkeypatch.context() as away:
        fail(world, away, await key_of(world, b"alpha"))
        await tried(world, id, TRIES - 1)

        async def check() -> None:
            raise StoreUnavailable("byte store")

        away.setattr(world.blobs, "check", check)
        row = await tried(world, id, 2 * TRIES)
        assert (told(row), row.tries) == (("RUNNING", 0, 3, None), TRIES - 1)

    row = await turn(world, id)

    assert (told(row), row.result["faults"]) == (("RUNNING", 3, 3, None), 0)


async def test_nothing_reads_on_beside_what_has_failed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, id = await begun(world)
    failing, slow = await key_of(world, b"alpha"), await key_of(world, b"beta")
    ended: list[str] = []
    reading = world.blobs.read

    async def read(key: str, *args: int) -> AsyncIterator[bytes]:
        if key == failing:
            await asyncio.sleep(0.1)
            raise StoreUnavailable("byte store")
        if key == slow:
            try:
                await asyncio.sleep(60)
            finally:
                ended.append(key)
        async for chunk in reading(key, *args):
            yield chunk

    monkeypatch.setattr(world.blobs, "read", read)

    await tried(world, id, 1)

    assert ended == [slow]


@pytest.mark.no_bytes
async def test_tries_are_ever_further_apart(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _, id = await begun(world)
    fail(world, monkeypatch, await key_of(world, b"alpha"))
    monkeypatch.setattr(turns, "_PAUSES", (0.5, 60.0))

    for pause in (0.5, 1.0):
        with pytest.raises(StoreUnavailable):
            await turn(world, id)
        assert await job.due(world.graph, 9) == []
        await asyncio.sleep(pause + 0.05)
        assert await job.due(world.graph, 9) == [id]


@pytest.mark.no_bytes
async def test_a_deletion_that_a_store_fails_ends_after_some_tries(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await logged(world, 1)
    id = await deletion_of(world)

    async def failing(*args: Any, **kwargs: Any) -> Plan:
        raise StoreUnavailable("graph")

    monkeypatch.setattr(trash, "plan", failing)
    await tried(world, id, TRIES - 1)

    row = await turn(world, id)

    assert told(row) == ("FAILED", 0, 1, "UNAVAILABLE")
    assert row.error_message == (
        "The service came no further in 8 tries, and its log says why; what was done by then "
        "stays. Have whoever runs it look there, then start it again to go on."
    )
    assert await states(world, ids) == ["COMMITTED"]


@pytest.mark.no_bytes
async def test_a_slice_that_kills_each_sweeper_ends(world: World) -> None:
    _, id = await begun(world)
    for number in range(TRIES):
        held = {"id": id, "lease": f"killed {number}"}
        assert await world.graph.write(turns.CLAIM, now=0, microseconds=0, **held)
        await world.graph.write(ABANDONED)

    assert told(await turn(world, id)) == ("FAILED", 0, 3, "UNAVAILABLE")


@pytest.mark.no_bytes
async def test_a_slice_that_is_outrun_is_given_back_and_smaller_the_next_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "_AT_ONCE", 4)
    ids = await logged(world, 5)
    id = await deletion_of(world)

    async def outrun(*args: object) -> bool:
        return True

    with monkeypatch.context() as busy:
        busy.setattr(trash, "_changed", outrun)
        assert told(await turn(world, id)) == ("RUNNING", 0, 5, None)
    assert await job.due(world.graph, 9) == [id]
    assert await states(world, ids) == ["COMMITTED"] * 5

    assert [told(await turn(world, id))[1] for _ in range(2)] == [2, 5]


@pytest.mark.no_bytes
async def test_a_job_that_is_outrun_for_ever_goes_on_and_has_its_end_with_its_rights(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await logged(world, 1)
    id = await deletion_of(world)

    async def outrun(*args: object) -> bool:
        return True

    monkeypatch.setattr(trash, "_changed", outrun)
    for _ in range(2 * TRIES):
        assert told(await turn(world, id)) == ("RUNNING", 0, 1, None)

    assert told(await turn(world, id, keys=True)) == ("FAILED", 0, 1, "FORBIDDEN")
