"""Idempotency: a call that is made twice under one key takes effect once."""

import hashlib
from typing import Any

import orjson

from graph_api.errors import KeyReused
from graph_api.graph import Transaction, cypher
from graph_api.models.idempotency import Record
from graph_api.models.viewer import Viewer

LOCK = cypher("idempotency/lock", Record)


async def seen(tx: Transaction, viewer: Viewer, key: str, request: Any) -> bool:
    """Whether the same request took effect under this key; from now on it has.

    It is the first lock that a transaction takes. KeyReused for another request.
    """
    digest = hashlib.sha256(orjson.dumps(request)).hexdigest()
    (record,) = await tx.write(LOCK, user=viewer.user, key=key, request=digest)
    if record.request != digest:
        raise KeyReused(key)
    return not record.new
