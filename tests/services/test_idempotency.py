"""Idempotency: a call that is made twice takes effect once."""

import asyncio
from typing import Any

import pytest

from graph_api.errors import KeyReused
from graph_api.graph import Transaction
from graph_api.models.viewer import Viewer
from graph_api.services import idempotency
from tests.services.world import World


async def seen(world: World, key: str, request: Any, viewer: Viewer | None = None) -> bool:
    async def work(tx: Transaction) -> bool:
        return await idempotency.seen(tx, viewer or world.viewer, key, request)

    return await world.graph.in_transaction(work)


async def test_the_same_request_is_seen_from_the_second_time_on(world: World) -> None:
    answers = [await seen(world, "k", ["run", 1]) for _ in range(3)]

    assert answers == [False, True, True]
    assert (await world.snapshot())["nodes"].count([["Idempotency"], 1]) == 1


async def test_another_request_under_the_key_is_refused(world: World) -> None:
    await seen(world, "k", ["run", 1])

    with pytest.raises(KeyReused, match=r"^The idempotency key 'k' came with another request"):
        await seen(world, "k", ["run", 2])

    assert await seen(world, "k", ["run", 1])


async def test_a_key_is_its_viewers_own(world: World) -> None:
    bob = world.viewer.model_copy(update={"user": "bob"})

    assert not await seen(world, "k", 1)
    assert not await seen(world, "k", 2, bob)


async def test_what_did_not_take_effect_was_not_seen(world: World) -> None:
    async def work(tx: Transaction) -> None:
        assert not await idempotency.seen(tx, world.viewer, "k", 1)
        raise LookupError

    with pytest.raises(LookupError):
        await world.graph.in_transaction(work)

    assert not await seen(world, "k", 1)


async def test_of_many_at_once_one_is_the_first(world: World) -> None:
    answers = await asyncio.gather(*(seen(world, "k", 1) for _ in range(10)))

    assert sorted(answers) == [False] + [True] * 9
