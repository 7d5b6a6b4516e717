"""Turns, by themselves."""

import asyncio

import pytest

from graph_api.errors import TooBusy
from graph_api.models.turns import Turns

PATIENCE = 0.2


async def test_turns_are_taken_by_as_many_as_can_be_and_given_back_whatever_happens() -> None:
    turns, inside, most = Turns(2, 2, PATIENCE), 0, 0

    async def work(number: int) -> None:
        nonlocal inside, most
        async with turns.take("ada"):
            inside += 1
            most = max(most, inside)
            try:
                await asyncio.sleep(0.001)
                if number % 3 == 0:
                    raise ValueError
            finally:
                inside -= 1

    works = [asyncio.create_task(work(number)) for number in range(60)]
    await asyncio.sleep(0.002)
    for number in range(10, 20):
        works[number].cancel()
    await asyncio.gather(*works, return_exceptions=True)

    assert (most, inside) == (2, 0)
    async with turns.take("ada"), turns.take("ada"):
        with pytest.raises(TooBusy, match=r"^2 requests are under way"):
            async with turns.take("ada"):
                raise AssertionError


async def test_one_user_takes_no_more_turns_than_their_share() -> None:
    turns = Turns(4, 2, PATIENCE)

    async with turns.take("ada"), turns.take("ada"):
        with pytest.raises(TooBusy, match=r"^2 requests are under way"):
            async with turns.take("ada"):
                raise AssertionError
        async with turns.take("grace"), turns.take("grace"):
            with pytest.raises(TooBusy, match=r"^4 requests are under way"):
                async with turns.take("joan"):
                    raise AssertionError
    async with turns.take("joan"):
        pass


async def test_whoever_has_a_thousand_waiting_keeps_nobody_else_waiting() -> None:
    """As events do, of which none is refused."""
    turns, done = Turns(4, 2, patience=None), list[str]()

    async def work(user: str) -> None:
        async with turns.take(user):
            for _ in range(3):
                await asyncio.sleep(0)
            done.append(user)

    flood = [asyncio.create_task(work("eve")) for _ in range(1_000)]
    await asyncio.sleep(0)
    good = [asyncio.create_task(work("ada")) for _ in range(10)]
    await asyncio.gather(*good)

    # Each of the two had two at a time.
    assert done.count("eve") <= 14
    await asyncio.gather(*flood)
    assert (done.count("eve"), done.count("ada")) == (1_000, 10)
