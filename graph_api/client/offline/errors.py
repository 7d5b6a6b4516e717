"""What can go wrong with a bundle."""

from pathlib import Path

from graph_api.client.errors import GraphApiError


class BundleDamaged(GraphApiError):
    """A file of a bundle is not what was written; nothing more of the bundle was sent."""

    def __init__(self, file: Path, reason: str) -> None:
        self.file = file
        super().__init__(
            f"The bundle is damaged: {file} {reason}. Nothing more of it was sent.",
            "BUNDLE_DAMAGED",
            "Put back that file as it was (from a backup), and sync again.",
        )


class BundleInUse(GraphApiError):
    """Another process writes to the bundle, or syncs it."""

    def __init__(self, bundle: Path) -> None:
        super().__init__(
            f"Another process writes to {bundle}, or syncs it.",
            "BUNDLE_IN_USE",
            "Sync it once its run has ended.",
        )


class BundleWaits(GraphApiError):
    """The bundle uses what another one logged, which is not synced."""

    def __init__(self, bundle: Path, other: Path) -> None:
        super().__init__(
            f"{bundle} uses what {other} logged, which is not synced yet.",
            "BUNDLE_WAITS",
            "Sync that one first, or the folder of both.",
        )


class BundleElsewhere(GraphApiError):
    """The bundle, or another copy of it, has been synced already."""

    def __init__(self, bundle: Path, reason: str) -> None:
        super().__init__(f"{bundle} {reason}; nothing was sent.", "BUNDLE_ELSEWHERE")


class NoBundle(GraphApiError):
    """A folder that holds no bundle of a known format."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"{folder} {reason}.", "NO_BUNDLE")
