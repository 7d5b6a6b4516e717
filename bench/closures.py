"""Everything downstream of an artifact: over GraphQL, and by the plain driver in this process.

Both search hop by hop with the service's own statement, one record for each hop. With properties,
the driver then fetches them in one statement; over GraphQL they come in pages of 1,000 nodes.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from operator import itemgetter
from statistics import median
from typing import Any, LiteralString

import httpx
import orjson
from neo4j import READ_ACCESS, Session

from bench.measure import Effort, Spread, in_turns, ratio
from bench.operations import operations
from bench.report import Table
from bench.sides import OURS, PROGRAMS, running
from bench.statement import statement
from bench.stored import driven, stored
from graph_api.graph.query import text

GOAL = 1.5
# One after the other, in each round.
_TIMES = 5

# Of no ledger yet: everything is seen.
_LAST = 2**53
_EDGES = ("USED_BY", "LOGGED_BY", "LINKED_TO")

Row = dict[str, Any]

EDGES = """
query ($root: ID!, $limit: Int!) {
  lineage(roots: [$root], direction: DOWNSTREAM, limit: $limit) {
    complete
    edges { source target kind }
  }
}"""
PROPERTIES = """
query ($root: ID!, $after: String, $edges: Boolean!, $limit: Int!) {
  lineage(roots: [$root], direction: DOWNSTREAM, limit: $limit) {
    complete
    edges @include(if: $edges) { source target kind }
    nodes(first: 1000, after: $after) {
      nodes {
        id
        ... on Artifact { name version type size digest }
        ... on Run { name key number status createdBy }
      }
      pageInfo { endCursor hasNextPage }
    }
  }
}"""


class Service:
    """Asks the service, over one connection that is kept."""

    def __init__(self, client: httpx.Client, url: str) -> None:
        self._client, self._url = client, url
        # An answer is kept for who asks the same again: each question is another.
        self._limits = count(1_000_000)

    def edges(self, root: str) -> list[Row]:
        """Every edge downstream."""
        return self._lineage(EDGES, {"root": root, "limit": next(self._limits)})["edges"]

    def properties(self, root: str) -> tuple[list[Row], list[Row]]:
        """The same, and five properties of every node."""
        limit = next(self._limits)
        first = self._lineage(PROPERTIES, {"root": root, "edges": True, "limit": limit})
        nodes, page = first["nodes"]["nodes"], first["nodes"]["pageInfo"]
        while page["hasNextPage"]:
            after = page["endCursor"]
            variables = {"root": root, "edges": False, "after": after, "limit": limit}
            further = self._lineage(PROPERTIES, variables)["nodes"]
            nodes, page = nodes + further["nodes"], further["pageInfo"]
        return first["edges"], nodes

    def _lineage(self, document: str, variables: Row) -> Row:
        body = orjson.dumps({"query": document, "variables": variables})
        headers = {"content-type": "application/json"}
        answer = orjson.loads(self._client.post(self._url, content=body, headers=headers).content)
        found = answer["data"]["lineage"]
        if not found["complete"]:
            raise RuntimeError(f"The lineage of {variables['root']!r} was cut.")
        return found


class Plain:
    """Asks Neo4j, over one session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._hop: LiteralString = text("lineage/downstream")
        self._properties: LiteralString = statement("properties")

    def edges(self, root: str) -> list[Row]:
        """Every edge downstream."""
        return self._walk(root)[0]

    def properties(self, root: str) -> tuple[list[Row], list[Row]]:
        """The same, and five properties of every node."""
        edges, nodes = self._walk(root)
        return edges, self.described([*nodes])

    def described(self, ids: list[str]) -> list[Row]:
        """Five properties of each of these."""
        return self._rows(self._properties, ids=ids)

    def _walk(self, root: str) -> tuple[list[Row], set[str]]:
        edges: list[Row] = []
        known, frontier = {root}, [root]
        while frontier:
            met = self.hop(frontier, ())
            edges += [
                {"source": source, "target": target, "kind": kind}
                for source, target, kind in zip(
                    met["sources"], met["targets"], met["kinds"], strict=True
                )
            ]
            frontier = list({*met["targets"]} - known)
            known.update(frontier)
        return edges, known

    def hop(self, frontier: list[str], fields: Sequence[str]) -> Row:
        """Every edge out of these entities by columns, and some fields of each far end."""
        found = self._session.run(
            self._hop, ids=frontier, edges=_EDGES, roles=None, seq=_LAST, fields=fields
        )
        return dict(found.single(strict=True))

    def _rows(self, query: LiteralString, **parameters: Any) -> list[Row]:
        return self._session.run(query, parameters).single(strict=True)["rows"]


def run(effort: Effort) -> list[Table]:
    """Closures of several sizes, by ids alone and with properties."""
    with (
        stored(small=effort.small) as world,
        running(PROGRAMS[OURS], world.connection, 1, operations(world.landmarks)[0]) as side,
        httpx.Client(timeout=60, trust_env=False) as client,
        driven(world.connection) as driver,
        driver.session(database="neo4j", default_access_mode=READ_ACCESS) as session,  # pyright: ignore[reportUnknownMemberType]  # untyped **config
    ):
        service, plain = Service(client, side.url), Plain(session)
        roots = world.landmarks.roots
        ids = [_row(name, root, service.edges, plain.edges, effort) for name, root in roots.items()]
        for root in roots.values():
            _assert_equal(service.properties(root), plain.properties(root))
        properties = [
            _row(name, root, service.properties, plain.properties, effort)
            for name, root in roots.items()
        ]
    columns = ["downstream of an artifact", "GraphQL, ms", "plain driver, ms", "ratio", "goal"]
    return [
        Table("Closures: every edge, ids alone", columns, ids, _NOTE),
        Table("Closures: every edge, and 5 properties of every node", columns, properties, _NOTE),
    ]


_NOTE = (
    f"p50 of {_TIMES} in each round, JSON read into Python included; 1 worker. The goal is at most "
    f"{GOAL:g} times the plain driver."
)


def _row(
    name: str,
    root: str,
    ours: Callable[[str], object],
    plain: Callable[[str], object],
    effort: Effort,
) -> list[str]:
    sides = {"ours": partial(_p50, ours, root), "plain": partial(_p50, plain, root)}
    for warm in sides.values():
        warm()
    found = in_turns(sides, effort.rounds)
    return [
        name,
        f"{Spread.of(found['ours']):.1f}",
        f"{Spread.of(found['plain']):.1f}",
        f"**{ratio(found['ours'], found['plain']):.2f}**",
        f"{GOAL:g}",
    ]


def _p50(asked: Callable[[str], object], root: str) -> float:
    """Milliseconds of one answer."""
    found: list[float] = []
    for _ in range(_TIMES):
        began = time.perf_counter()
        asked(root)
        found.append(1_000 * (time.perf_counter() - began))
    return median(found)


def _assert_equal(ours: tuple[list[Row], list[Row]], plain: tuple[list[Row], list[Row]]) -> None:
    """Both found the same edges, and the same properties of the same nodes."""
    edges = [
        sorted((it["source"], it["target"], it["kind"]) for it in found[0])
        for found in (ours, plain)
    ]
    nodes = [sorted(found[1], key=itemgetter("id")) for found in (ours, plain)]
    if edges[0] != edges[1] or nodes[0] != nodes[1]:
        raise RuntimeError("GraphQL and the plain driver found different closures.")
