"""Idempotency: a call that is made twice takes effect once, and is answered the same."""

import asyncio
from typing import Any

import pytest

from graph_api.errors import KeyReused, UnknownName
from graph_api.graph import Transaction
from graph_api.models import instant
from graph_api.models.idempotency import Answer
from graph_api.models.run import NewRun
from graph_api.models.viewer import Viewer
from graph_api.services import idempotency, model, project, run
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes


async def once(
    world: World, key: str | None, request: Any, id: str, viewer: Viewer | None = None
) -> str:
    async def work(tx: Transaction) -> Answer:
        return Answer(id=id, created=True)

    call = idempotency.call(key, request)
    return (await idempotency.once(world.graph, viewer or world.viewer, call, Answer, work)).id


async def test_the_same_call_has_the_answer_of_the_first(world: World) -> None:
    answers = [await once(world, "k", ["run", 1], f"run_{number}") for number in range(3)]

    assert answers == ["run_0"] * 3
    assert (await world.snapshot())["nodes"].count([["Idempotency"], 1]) == 1


async def test_without_a_key_every_call_takes_effect(world: World) -> None:
    assert [await once(world, None, 1, id) for id in ("run_0", "run_1")] == ["run_0", "run_1"]
    assert ["Idempotency"] not in [labels for labels, _ in (await world.snapshot())["nodes"]]


async def test_another_request_under_the_key_is_refused(world: World) -> None:
    await once(world, "k", ["run", 1], "run_0")

    with pytest.raises(KeyReused, match=r"^The idempotency key 'k' came with another request"):
        await once(world, "k", ["run", 2], "run_1")

    assert await once(world, "k", ["run", 1], "run_2") == "run_0"


async def test_bytes_and_times_are_part_of_the_request(world: World) -> None:
    await once(world, "k", {"content": b"1"}, "run_0")

    with pytest.raises(KeyReused):
        await once(world, "k", {"content": b"2"}, "run_1")


async def test_a_key_is_its_viewers_own(world: World) -> None:
    bob = world.viewer.model_copy(update={"user": "bob"})

    assert await once(world, "k", 1, "run_0") == "run_0"
    assert await once(world, "k", 2, "run_1", bob) == "run_1"


async def test_what_did_not_take_effect_has_no_answer(world: World) -> None:
    call = idempotency.call("k", 1)
    assert call

    async def work(tx: Transaction) -> Answer:
        raise LookupError

    with pytest.raises(LookupError):
        await idempotency.once(world.graph, world.viewer, call, Answer, work)

    assert await idempotency.known(world.graph, world.viewer, call, Answer) is None
    assert await once(world, "k", 2, "run_1") == "run_1"


async def test_of_many_at_once_one_takes_effect(world: World) -> None:
    answers = await asyncio.gather(*(once(world, "k", 1, f"run_{n}") for n in range(10)))

    assert len(set(answers)) == 1


async def test_what_is_older_than_a_time_is_forgotten(world: World) -> None:
    await once(world, "old", 1, "run_0")
    between = instant.now()
    await once(world, "new", 1, "run_1")

    assert await idempotency.forget(world.graph, between) == 1
    assert await idempotency.forget(world.graph, between) == 0
    assert await once(world, "old", 2, "run_2") == "run_2"
    assert await once(world, "new", 1, "run_3") == "run_1"


@pytest.mark.parametrize("what", ["model", "run"])
async def test_a_call_that_comes_again_makes_no_project_of_a_name_that_is_free_again(
    world: World, what: str
) -> None:
    async def made(within: str, name: str) -> str:
        call = idempotency.call("k", [what, within, name])
        if what == "model":
            return await model.create(
                world.graph, world.viewer, LIMITS, within, name, exists_ok=True, call=call
            )
        new = NewRun(project=within, key=name, experiment=f"of {name}")
        return (await run.start(world.graph, world.viewer, LIMITS, new, call)).id

    id = await made("digits", "net")
    scope = await world.project()
    await project.update(world.graph, world.viewer, LIMITS, scope, name="letters")
    before = await world.snapshot()

    assert await made("digits", "net") == id
    with pytest.raises(KeyReused):
        await made("elsewhere", "other")
    for name in ("digits", "elsewhere"):
        with pytest.raises(UnknownName):
            await project.scope(world.graph, world.viewer, name)
    assert await world.snapshot() == before
