"""Removing objects: one that the store refuses to delete is in no other's way."""

import logging
from collections.abc import Sequence

from graph_api.blobs import BlobStore, Unfinished
from graph_api.errors import StoreUnavailable

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
    gone = set[str]()
    for key in keys:
        try:
            await blobs.delete([key])
        except StoreUnavailable:
            await blobs.check()
            _log.exception("The object %s could not be deleted.", key)
        else:
            gone.add(key)
    return gone


async def discarded(blobs: BlobStore, unfinished: Sequence[Unfinished]) -> list[Unfinished]:
    """Discard these unfinished uploads, each by itself; those that are gone now."""
    gone: list[Unfinished] = []
    for one in unfinished:
        try:
            await blobs.discard([one])
        except StoreUnavailable:
            await blobs.check()
            _log.exception("The unfinished upload of %s could not be discarded.", one.key)
        else:
            gone.append(one)
    return gone
