"""Webhooks: addresses that are told what happens, each event at least once and in order.

1. A webhook is a node with a place in the ledger: all up to it was taken.
2. A sweeper that finds something written behind that place takes a lease of the webhook, and tells
   its receiver, change by change, what whoever made the webhook may see of it now.
3. Only once a receiver has said that it took all events of a change does the place move on. So who
   dies in between tells it again, under the same id, and nothing is skipped.
4. What is not taken is tried again, later each time; meanwhile only this webhook waits.
"""

from graph_api.services.webhook.change import create, delete, replay, rotate_secret, update
from graph_api.services.webhook.read import by_ids, by_projects, checked
from graph_api.services.webhook.seal import examine, reseal
from graph_api.services.webhook.turn import Courier, due, take_turn

__all__ = [
    "Courier",
    "by_ids",
    "by_projects",
    "checked",
    "create",
    "delete",
    "due",
    "examine",
    "replay",
    "reseal",
    "rotate_secret",
    "take_turn",
    "update",
]
