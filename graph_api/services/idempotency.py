"""Idempotency: a call that is made twice under one key takes effect once.

The record is written with the effect, in one transaction: what failed was never made, and may be
tried again under the same key.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from graph_api.errors import KeyReused
from graph_api.graph import Graph, Reader, Transaction, Vanished, cypher
from graph_api.models import instant, names
from graph_api.models.idempotency import Answer, Call, Forgotten, Record
from graph_api.models.viewer import Viewer

# The server indexes keys, and no text of any length.
_LONGEST = 200
# What one transaction removes.
_BATCH = 10_000

LOCK = cypher("idempotency/lock", Record)
FIND = cypher("idempotency/find", Record)
ANSWER = cypher("idempotency/answer")
FORGET = cypher("idempotency/forget", Forgotten)

Known = TypeVar("Known", bound=Answer)


def call(key: str | None, request: Any) -> Call | None:
    """The call with this key that asks for this, made of JSON, times and bytes; None: no key."""
    if key is None:
        return None
    key = names.label("idempotency key", key, _LONGEST)
    text = json.dumps(request, sort_keys=True, default=_text)
    return Call(key=key, request=hashlib.sha256(text.encode()).hexdigest())


def _text(value: object) -> str:
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else str(value)


async def once(
    graph: Graph,
    viewer: Viewer,
    call: Call | None,
    answer: type[Known],
    work: Callable[[Transaction], Awaitable[Known]],
) -> Known:
    """Commit all that ``work`` does; where the same call did so before, only its answer.

    KeyReused for another request under the key.
    """
    if call is None:
        return await graph.in_transaction(work)

    async def keyed(tx: Transaction) -> Known:
        now = instant.now()
        record = await tx.fetch_one(LOCK, **_of(viewer, call), request=call.request, now=now)
        if record is None:
            raise Vanished
        if known := _known(call, record, answer):
            return known
        made = await work(tx)
        await tx.write(ANSWER, **_of(viewer, call), id=made.id, created=made.created)
        return made

    return await graph.in_transaction(keyed)


async def known(
    graph: Reader, viewer: Viewer, call: Call | None, answer: type[Known]
) -> Known | None:
    """What the same call was answered before; None if it was not. KeyReused for another."""
    if call is None:
        return None
    return _known(call, await graph.fetch_one(FIND, **_of(viewer, call)), answer)


async def forget(graph: Graph, before: int) -> int:
    """Remove the records made before a time, in microseconds since 1970 UTC; how many.

    A call that comes again after that takes effect again.
    """
    total = 0
    while True:
        (gone,) = await graph.write(FORGET, before=before, most=_BATCH)
        total += gone.count
        if gone.count < _BATCH:
            return total


def _of(viewer: Viewer, call: Call) -> dict[str, str]:
    return {"user": viewer.user, "key": call.key}


def _known(call: Call, record: Record | None, answer: type[Known]) -> Known | None:
    if record and record.request != call.request:
        raise KeyReused(call.key)
    if record is None or record.id is None:
        return None
    return answer(id=record.id, created=bool(record.created))
