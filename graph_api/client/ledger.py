"""The ledger of the organization, as docs/ledger.md writes it."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from graph_api.client.api import Api
from graph_api.client.records import moment

_CHANGES = """\
query ($first: Int, $after: String) { organization { changes(first: $first, after: $after) {
  nodes { seq at by what subjects previous hash } pageInfo { hasNextPage endCursor } } } }"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LedgerChange:
    """A change, chained to the one before by its hash."""

    seq: int
    at: int
    """Microseconds since 1970-01-01 UTC."""
    by: str
    what: str
    subjects: list[str]
    previous: str
    hash: str

    def line(self) -> bytes:
        """Its line of an export: of texts and such integers this is the canonical JSON."""
        said = asdict(self)
        text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return text.encode() + b"\n"


def changes(api: Api) -> Iterator[LedgerChange]:
    """Every change, the oldest first, page by page as you go.

    Refused with FORBIDDEN for a key that does not see all of the organization.
    """
    for page in api.pages(_CHANGES, {}, "organization", "changes"):
        for node in page["nodes"]:
            at = (moment(node["at"]) - _EPOCH) // timedelta(microseconds=1)
            said: dict[str, Any] = {**node, "seq": int(node["seq"]), "at": at}
            yield LedgerChange(**said)
