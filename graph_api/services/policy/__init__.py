"""Policies: what a project asks of versions that are promoted in it, and of all they came of.

Nothing is copied onto versions: each time the whole of what flowed in is walked and judged, as far
as whoever asks may see it. What they may not see is never looked at: it makes a verdict unknown,
which refuses, unless the policy allows it.
"""

from graph_api.services.policy.change import set_policy
from graph_api.services.policy.check import check, checked

__all__ = ["check", "checked", "set_policy"]
