"""The journal of a bundle's sync: what the service has done, and under which ids."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from graph_api.client.offline.bundle import operations
from graph_api.client.offline.errors import BundleElsewhere
from graph_api.client.offline.lines import Lines, flush_folder, read

_JOURNAL = "journal.jsonl"


class Journal:
    """What is known of the sync of a bundle; every line is on the disk before the next call."""

    def __init__(self, bundle: Path, organization: str) -> None:
        self.done = 0
        """Operations up to this number have taken effect."""
        self.ids: dict[str, str] = {}
        """What stands for what in the service."""
        self.drafts: dict[int, str] = {}
        """The drafts of the operations that log artifacts."""
        self.skipped: set[int] = set()
        """Operations that took no effect, and are to have none."""
        self.points: dict[str, int] = {}
        """How many values the metrics of a resumed run had before."""
        self.synced = False
        """Whether all that the bundle had was done."""
        self.fresh = True
        """Whether nothing was ever sent."""
        file = bundle / _JOURNAL
        for line in read(file):
            self._take(line)
            self.fresh = False
            if (other := line.get("organization", organization)) != organization:
                raise BundleElsewhere(
                    bundle, f"is being synced to the organization {other!r}, not {organization!r}"
                )
        self._lines = Lines(file)
        if self.fresh:
            self.say({"organization": organization})
            flush_folder(bundle)

    def say(self, line: Mapping[str, Any]) -> None:
        """Remember this."""
        self._lines.append({**line, "at": datetime.now(UTC).isoformat()})
        self._take(line)

    def _take(self, line: Mapping[str, Any]) -> None:
        self.done = line.get("done", self.done)
        self.ids |= line.get("ids", {})
        self.points |= line.get("points", {})
        self.synced = line.get("synced", False)
        if "skipped" in line:
            self.skipped.add(line["skipped"])
        if "draft" in line:
            self.drafts[line["of"]] = line["draft"]


def is_synced(bundle: Path) -> bool:
    """Whether all of the bundle is in the service."""
    done = 0
    for line in read(bundle / _JOURNAL):
        done = line["done"] if line.get("synced") else 0
    return done > 0 and all(operation.number <= done for operation in operations(bundle))


def ids(bundle: Path) -> dict[str, str]:
    """What the ids of a bundle stand for, as far as it is synced."""
    known: dict[str, str] = {}
    for line in read(bundle / _JOURNAL):
        known |= line.get("ids", {})
    return known
