"""Without the service: what a run says becomes a bundle on disk, which is synced later."""

from graph_api.client.offline.recorder import Contents, Recorder
from graph_api.client.offline.sync import Synced, sync

__all__ = ["Contents", "Recorder", "Synced", "sync"]
