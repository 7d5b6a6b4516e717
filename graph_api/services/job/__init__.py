"""Jobs: long work, done by the sweeper some of it at a time, so that whoever dies, it goes on.

1. Who starts a job makes a node that is due at once.
2. A sweeper that finds it due takes a lease of it, resolves anew what who started it may do, does
   one slice, and gives it back with how far it has come. Then the job is last in the row.
3. What a slice writes takes effect only under its lease, in one transaction with how far the job
   has come; or it only reads. So a slice that is done twice shows once.
4. A lease that is not renewed runs out, and the job is due.
"""

from graph_api.services.job.begin import delete_collection, verify_artifact
from graph_api.services.job.end import cancel, forget
from graph_api.services.job.read import OfProjects, by_ids, checked
from graph_api.services.job.turn import due, take_turn

__all__ = [
    "OfProjects",
    "by_ids",
    "cancel",
    "checked",
    "delete_collection",
    "due",
    "forget",
    "take_turn",
    "verify_artifact",
]
