"""Deleting versions, so that nothing is lost that somebody needs.

1. A plan walks downstream of the versions, and tells what needs them, and what bytes would go.
2. A deletion refuses what is needed, unless it is forced. Its transaction makes sure, under the
   ledger's lock, that nothing of what the plan saw has changed since; else it plans again,
   a job in its next turn.
3. A deleted version is a tombstone: its node, digest and edges stay. Its bytes stay, too, while it
   can be restored; then the sweep purges it.
"""

from graph_api.services.deletion.plan import plan
from graph_api.services.deletion.purge import purge
from graph_api.services.deletion.trash import (
    DELETED,
    RESTORED,
    NotExpired,
    Outrun,
    delete,
    restore,
)

__all__ = [
    "DELETED",
    "RESTORED",
    "NotExpired",
    "Outrun",
    "delete",
    "plan",
    "purge",
    "restore",
]
