"""Idempotency: a call that is made twice under one key takes effect once."""

import hashlib
import json
from typing import Any

from graph_api.errors import KeyReused
from graph_api.graph import Transaction, cypher
from graph_api.models import names
from graph_api.models.idempotency import Record
from graph_api.models.viewer import Viewer

# The server indexes keys, and no text of any length.
_LONGEST = 200

LOCK = cypher("idempotency/lock", Record)


async def seen(tx: Transaction, viewer: Viewer, key: str, request: Any) -> bool:
    """Whether the same request took effect under this key; from now on it has.

    It is the first lock that a transaction takes. KeyReused for another request.
    """
    names.label("idempotency key", key, _LONGEST)
    digest = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
    (record,) = await tx.write(LOCK, user=viewer.user, key=key, request=digest)
    if record.request != digest:
        raise KeyReused(key)
    return not record.new
