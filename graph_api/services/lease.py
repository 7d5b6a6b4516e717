"""Leases: what one sweeper does at a time, and another once that one says no more that it lives."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress

# Seconds after which another sweeper goes on with what nobody has said to be at, and how often one
# says so.
DEAD = 5.0
SAY = 1.0


class Lost(Exception):
    """The lease is somebody else's, or nobody's, by now: nothing is to be written."""


async def while_held(work: Coroutine[None, None, None], keep: Coroutine[None, None, None]) -> None:
    """Do the work while a lease is kept; once that returns, it is lost, and the work ends."""
    working, keeping = asyncio.create_task(work), asyncio.create_task(keep)
    try:
        await asyncio.wait([working, keeping], return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            with suppress(Lost):
                await working
    finally:
        for task in (working, keeping):
            task.cancel()
        await asyncio.gather(working, keeping, return_exceptions=True)
