"""Promotions: into a stage of a model that counts, or under a protected alias."""

import time

from graph_api.errors import NotPromoted
from graph_api.graph import Transaction
from graph_api.models.ledger import Drawn
from graph_api.models.viewer import Viewer
from graph_api.services import policy, withdrawal

# What a transaction may walk while it holds the ledger, for which others wait.
_SECONDS = 20


def deadline() -> float:
    """By when, on the monotonic clock, a transaction that begins to check has to be done."""
    return time.monotonic() + _SECONDS


async def check(
    tx: Transaction, viewer: Viewer, id: str, within: str, drawn: Drawn, until: float | None = None
) -> None:
    """NotPromoted where a version may not be promoted within a model or a collection.

    Tainted for what came of something withdrawn, else PolicyViolated or PolicyUnknown by the policy
    of the project. To be asked under the ledger's lock, by each promotion. A transaction that asks
    more than once asks each time with the same :func:`deadline`; after it, policies are unknown.
    """
    await withdrawal.check(tx, viewer, id, drawn.seq)
    until = deadline() if until is None else until
    await policy.check(tx, viewer, id, within, drawn, until)


async def is_barred(
    tx: Transaction, viewer: Viewer, id: str, within: str, drawn: Drawn, until: float
) -> bool:
    """Whether :func:`check` refuses it."""
    try:
        await check(tx, viewer, id, within, drawn, until)
    except NotPromoted:
        return True
    return False
