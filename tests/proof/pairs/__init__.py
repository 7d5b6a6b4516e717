"""Every pair, one function for each.

It builds its world, and gives its two operations. Its decorator names the transactions of
``graph_api/services`` that the two run, as ``module.function``.
"""

from tests.proof.pair import PAIRS
from tests.proof.pairs import (
    deletions,
    integrations,
    jobs,
    links,
    moves,
    named,
    policies,
    runs,
    stored,
    versions,
    webhooks,
)

__all__ = [
    "PAIRS",
    "deletions",
    "integrations",
    "jobs",
    "links",
    "moves",
    "named",
    "policies",
    "runs",
    "stored",
    "versions",
    "webhooks",
]
