"""The whole graph as text, in which ids, times and places in the ledger play no part.

Each node has a colour: the hash of its labels, its properties and its edges, in which other nodes
stand by their own colours, some rounds deep. Graphs that differ by their ids alone are equal.
"""

import hashlib
import re
from collections import defaultdict
from typing import Any

from pydantic import BaseModel

from graph_api.graph import Graph, Query
from graph_api.models.entity import PREFIXES

_ROUNDS = 4
_KINDS = "|".join([*PREFIXES.values(), "integration", "job", "upload", "webhook"])
_ID = re.compile(rf"\b(?:{_KINDS})_[0-9a-hjkmnp-tv-z]{{26}}")
# The time that an id holds, which is the key of a run that was given none.
_SUFFIX = re.compile(r"\b[0-7][0-9a-hjkmnp-tv-z]{25}\b")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)?")
# Where the bytes lie may depend on the order; that they are there and right, the doctor says.
_OBJECT = re.compile(r"\b(?:uploads|multipart)/[^']*")
# Times, places in the ledger, locks, leases, sealed secrets, the store's own names, and what is
# made of ids alone. What an UploadPrefix leaves to the sweep is not compared at all, nor what a
# draft was given that has ended, nor a name kept for a rename to come.
_LEFT_OUT = frozenset(
    {
        *("id", "at", "seq", "since", "named_since", "times", "hash", "previous", "lock"),
        *("created_at", "updated_at", "committed_at", "ended_at", "heartbeat_at", "sweep_at"),
        *("list_key", "collection_key", "experiment_key", "store_id", "deleted", "deleted_at"),
        *("expires_at", "started_at", "read_until", "listed_since", "moved", "sealed"),
        *("due_at", "lease", "sealed_before", "rotated_at", "failing_since", "delivered_at"),
    }
)


class Shape(BaseModel, frozen=True):
    """Everything there is."""

    nodes: list[tuple[str, list[str], dict[str, Any]]]
    edges: list[tuple[str, str, dict[str, Any], str]]


SHAPE = Query(
    "tests/shape",
    """
    RETURN
      COLLECT {
        MATCH (n) WHERE NOT (
          n:UploadPrefix OR n:FormerName AND n.until IS NULL OR n:DraftFiles AND NOT EXISTS {
            MATCH (n)-[:OF]->(u), (a:Artifact {id: u.draft_id, state: 'PENDING'})
            WHERE a.same_as IS NULL
          }
        )
        RETURN [elementId(n), labels(n), CASE WHEN n:ApiKey
          THEN n {.*, sha256: 'of any secret', revoked_at: n.revoked_at IS NOT NULL}
          ELSE properties(n)
        END]
      } AS nodes,
      COLLECT {
        MATCH (x)-[e]->(y) WHERE NOT y:UploadPrefix
        RETURN [elementId(x), type(e), properties(e), elementId(y)]
      } AS edges
    """,
    Shape,
)


async def canonical(graph: Graph, *outcomes: str) -> list[str]:
    """A line for each outcome and each node: equal for equal worlds."""
    (shape,) = await graph.fetch(SHAPE)
    ids: dict[str, str] = {}
    colours: dict[str, str] = defaultdict(str)
    for _ in range(_ROUNDS):
        around: dict[str, list[str]] = defaultdict(list)
        for start, kind, found, end in shape.edges:
            said = f"{kind} {_properties(found, ids)}"
            around[start].append(f"→ {said} {colours[end]}")
            around[end].append(f"← {said} {colours[start]}")
        colours = {
            key: _hash([*sorted(labels), _properties(found, ids), *sorted(around[key])])
            for key, labels, found in shape.nodes
        }
        ids = _by_id(shape, colours)
    lines = [
        f"{' '.join(sorted(labels))} {_properties(found, ids)} {colours[key]}"
        for key, labels, found in shape.nodes
    ]
    return [_text(outcome, ids) for outcome in outcomes] + sorted(lines)


def plain(line: str) -> str:
    """A line without colours, for a person to read."""
    return re.sub(r"\b[0-9a-f]{12}\b", "…", line)


def _by_id(shape: Shape, colours: dict[str, str]) -> dict[str, str]:
    return {found["id"]: colours[key] for key, _, found in shape.nodes if "id" in found}


def _properties(found: dict[str, Any], ids: dict[str, str]) -> str:
    said = {key: value for key, value in found.items() if key not in _LEFT_OUT}
    # Where an edge ends is a place in the ledger; that it ended is not.
    said |= {name: True for name in ("until", "purge_at") if name in said}
    # A ledger says by its own how many changes there were.
    if "hash" in found and "what" not in found:
        said["seq"] = found["seq"]
    # A tab would hide where an id begins.
    return _text(repr(sorted(said.items())).replace("\\t", " "), ids)


def _text(text: str, ids: dict[str, str]) -> str:
    text = _ID.sub(lambda found: ids.get(found[0], found[0].rpartition("_")[0]), text)
    return _SUFFIX.sub("<suffix>", _TIME.sub("<time>", _OBJECT.sub("<object>", text)))


def _hash(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
