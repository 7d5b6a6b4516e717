"""Promotions: into a stage of a model that counts, or under a protected alias."""

from graph_api.errors import NotPromoted
from graph_api.graph import Transaction
from graph_api.models.ledger import Drawn
from graph_api.models.viewer import Viewer
from graph_api.services import policy, withdrawal


async def check(tx: Transaction, viewer: Viewer, id: str, within: str, drawn: Drawn) -> None:
    """NotPromoted where a version may not be promoted within a model or a collection.

    Tainted for what came of something withdrawn, else PolicyViolated or PolicyUnknown by the policy
    of the project. To be asked under the ledger's lock, by each promotion.
    """
    await withdrawal.check(tx, viewer, id, drawn.seq)
    await policy.check(tx, viewer, id, within, drawn)


async def is_barred(tx: Transaction, viewer: Viewer, id: str, within: str, drawn: Drawn) -> bool:
    """Whether :func:`check` refuses it."""
    try:
        await check(tx, viewer, id, within, drawn)
    except NotPromoted:
        return True
    return False
