"""Removing objects: one that the store refuses to delete is in no other's way."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from graph_api.blobs import BlobStore, Unfinished
from graph_api.errors import StoreUnavailable

Thing = TypeVar("Thing")

_log = logging.getLogger("graph_api")


async def removed(blobs: BlobStore, keys: Sequence[str]) -> set[str]:
    """Delete these objects; those that are gone now. What the store refuses to delete is logged.

    StoreUnavailable where the store does not answer at all.
    """
    try:
        await blobs.delete(keys)
    except StoreUnavailable:
        await blobs.check()
    else:
        return set(keys)
    return set(await _each(blobs, keys, blobs.delete))


async def discarded(blobs: BlobStore, unfinished: Sequence[Unfinished]) -> list[Unfinished]:
    """Discard these unfinished uploads, each by itself; those that are gone now."""
    return await _each(blobs, unfinished, blobs.discard)


async def _each(
    blobs: BlobStore, things: Sequence[Thing], take: Callable[[Sequence[Thing]], Awaitable[None]]
) -> list[Thing]:
    gone: list[Thing] = []
    for thing in things:
        try:
            await take([thing])
        except StoreUnavailable:
            await blobs.check()
            _log.exception("The store does not give up %s.", thing)
        else:
            gone.append(thing)
    return gone
