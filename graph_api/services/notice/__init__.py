"""Notices: what a change is to somebody who waits for something, whoever tells them."""

from graph_api.services.notice.closure import Closures
from graph_api.services.notice.told import notices

__all__ = ["Closures", "notices"]
