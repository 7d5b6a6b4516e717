"""Lineage in a world of ten million edges: hops, pages, closures, streams, batches of edges.

The plain driver does the same work hop by hop, with the service's own statement.
"""

import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count
from statistics import median, quantiles
from typing import Any

import httpx
from neo4j import READ_ACCESS

from bench.attacks import waited
from bench.closures import Plain, Service
from bench.measure import Effort, Spread, in_turns, ratio
from bench.operations import operations
from bench.report import Table
from bench.sides import OURS, PROGRAMS, Side, running
from bench.statement import statement
from bench.stored import Landmarks, driven, stored
from bench.streams import Service as Streams
from bench.streams import row
from bench.world import LARGE

# One after the other, in each round, of what is quick.
_TIMES = 20
_PAGE = 100
# Edges that one request draws, and requests.
_BATCH = 1_000
_BATCHES = 20
_ROOTS = 100
# Runs of the world have the numbers of its project.
_OWN = "bench-edges"

_HOP = """query ($id: ID!, $limit: Int!) {
  lineage(roots: [$id], direction: DOWNSTREAM, depth: 1, limit: $limit) {
    edges { source target kind } } }"""
_FIRST = """query ($id: ID!, $limit: Int!) {
  lineage(roots: [$id], direction: DOWNSTREAM, limit: $limit) { nodes(first: 100) { nodes {
    id ... on Artifact { name version type size digest }
    ... on Run { name key number status createdBy } } pageInfo { hasNextPage endCursor } } } }"""
_RUN = """mutation ($project: String!) { startRun(input: {project: $project}) {
  ... on RunPayload { run { id } } ... on Error { message } } }"""
_USE = """mutation ($run: ID!, $ids: [ID!]!) { use(input: {run: $run, entities: $ids}) {
  ... on RunPayload { run { id } } ... on Error { message } } }"""
_HOSTILE = """query ($roots: [ID!]!) { lineage(roots: $roots, direction: BOTH) {
  complete incompleteBecause nodeCount nodes(first: 1) { pageInfo { endCursor } } } }"""


class Asking(Service):
    """Asks the service for a hop and for a page, besides closures."""

    def __init__(self, client: httpx.Client, url: str) -> None:
        super().__init__(client, url)
        self._http, self._at = client, url
        # An answer is kept for who asks the same again: each question is another.
        self._numbers = count(10_000_000)

    def hop(self, root: str) -> int:
        """Edges out of an entity."""
        return len(self.data(_HOP, id=root, limit=next(self._numbers))["lineage"]["edges"])

    def first(self, root: str) -> int:
        """Entities of the first page of all that is downstream."""
        found = self.data(_FIRST, id=root, limit=next(self._numbers))["lineage"]["nodes"]
        return len(found["nodes"])

    def data(self, document: str, **variables: Any) -> dict[str, Any]:
        """The data of one request; RuntimeError for an error."""
        answer = self._http.post(self._at, json={"query": document, "variables": variables}).json()
        if "errors" in answer:
            raise RuntimeError(f"The service answered {answer['errors']}")
        return answer["data"]


class Driving(Plain):
    """The same by the plain driver."""

    def one_hop(self, root: str) -> int:
        """Edges out of an entity."""
        return len(self.hop([root], ())["targets"])

    def first(self, root: str) -> int:
        """As many entities as a page has, with their properties, as far as they must be met."""
        known, frontier = {root: None}, [root]
        while frontier and len(known) <= _PAGE:
            new = dict.fromkeys(sorted(set(self.hop(frontier, ())["targets"]) - known.keys()))
            known |= new
            frontier = [*new]
        return len(self.described([*known][:_PAGE]))


def run(effort: Effort) -> list[Table]:
    """All of it, on one worker."""
    with (
        stored(small=effort.small, full=LARGE) as world,
        running(PROGRAMS[OURS], world.connection, 1, operations(world.landmarks)[0]) as side,
        httpx.Client(timeout=600, trust_env=False) as client,
        driven(world.connection) as driver,
        driver.session(database="neo4j", default_access_mode=READ_ACCESS) as session,  # pyright: ignore[reportUnknownMemberType]  # untyped **config
    ):
        edges = session.run(statement("edges")).single(strict=True)
        landmarks = world.landmarks
        service, bare = Asking(client, side.url), Driving(session)
        rows = _answers(landmarks, service, bare, effort)
        largest = [*landmarks.roots][-2]
        told = _streamed(client, side, bare, landmarks.roots[largest], effort)
        drawn = _drawn(landmarks, service)
        hostile = _hostile(side, landmarks, effort)
    title = f"Lineage among {edges['count']:,} edges and {landmarks.nodes:,} nodes"
    return [
        Table(title, _COLUMNS, rows, _NOTE),
        Table(f"All that is downstream of one artifact: {largest}", _STREAMED, told, _GROWTH),
        Table("Edges drawn, 1,000 in a request", ["uses that the run has", "edges/s"], drawn, ""),
        Table(f"Lineage of {_ROOTS} roots, both ways, without a limit", _WORDS, hostile, ""),
    ]


_COLUMNS = ["downstream", "GraphQL, ms", "plain driver, ms", "ratio", "goal, ms"]
_STREAMED = [
    *("streamed", "rows", "seconds", "plain driver, s", "ratio", "rows/s"),
    *("first rows, ms", "growth, MiB"),
]
_WORDS = ["what", "how much"]
_NOTE = (
    f"p50 of {_TIMES} in each round for what is quick, JSON read into Python included; 1 worker, "
    "nothing kept from one question for the next. The driver should take at least 1 / 1.3 of it."
)
_GROWTH = "The goal is 60 s and 250 MiB for 1,000,000 nodes."


def _answers(
    landmarks: Landmarks, service: Asking, bare: Driving, effort: Effort
) -> list[list[str]]:
    some = landmarks.some_used
    early = min(some)
    rows = [
        _row("1 hop", some, service.hop, bare.one_hop, effort, "3"),
        _row(f"first page of {_PAGE}", [early], service.first, bare.first, effort, "30"),
        _row("1 hop of the hub", [landmarks.hub], service.hop, bare.one_hop, effort, ""),
    ]
    goals = {"10,000 nodes": ("100", "250"), "chain of 1,000 runs": ("250", "250")}
    for name, root in landmarks.roots.items():
        if name == "1,000,000 nodes":
            continue
        ids, whole = goals.get(name, ("", ""))
        rows.append(_row(f"{name}, ids", [root], service.edges, bare.edges, effort, ids))
        asked = service.properties, bare.properties
        rows.append(_row(f"{name}, 5 properties", [root], *asked, effort, whole))
    return rows


def _row(
    name: str,
    roots: Sequence[str],
    ours: Callable[[str], object],
    bare: Callable[[str], object],
    effort: Effort,
    goal: str,
) -> list[str]:
    sides = {"ours": partial(_p50, ours, roots), "bare": partial(_p50, bare, roots)}
    for side in sides.values():
        side()
    found = in_turns(sides, effort.rounds)
    return [
        name,
        f"{Spread.of(found['ours']):.1f}",
        f"{Spread.of(found['bare']):.1f}",
        f"**{ratio(found['ours'], found['bare']):.2f}**",
        goal,
    ]


def _p50(asked: Callable[[str], object], roots: Sequence[str]) -> float:
    """Milliseconds of one answer, of as many as come within two seconds."""
    found: list[float] = []
    until = time.perf_counter() + 2
    while not found or (len(found) < _TIMES and time.perf_counter() < until):
        began = time.perf_counter()
        asked(roots[len(found) % len(roots)])
        found.append(1_000 * (time.perf_counter() - began))
    return median(found)


def _streamed(
    client: httpx.Client, side: Side, bare: Plain, root: str, effort: Effort
) -> list[list[str]]:
    asked = Streams(client, side, root)
    return [
        row(f"{rows.lower()}, {form}", partial(ours, rows), bare, root, rows, effort)
        for rows, form, ours in (
            ("NODES", "NDJSON", asked.lines),
            ("NODES", "Arrow", asked.arrow),
            ("EDGES", "NDJSON", asked.lines),
        )
    ]


def _drawn(landmarks: Landmarks, service: Asking) -> list[list[str]]:
    """One run uses more and more: how fast edges are drawn at its beginning and later."""
    run = service.data(_RUN, project=_OWN)["startRun"]["run"]["id"]
    took: list[float] = []
    for number in range(_BATCHES):
        ids = landmarks.apart[number * _BATCH : (number + 1) * _BATCH]
        if not ids:
            break
        began = time.perf_counter()
        if "message" in (answer := service.data(_USE, run=run, ids=ids)["use"]):
            raise RuntimeError(answer["message"])
        took.append(len(ids) / (time.perf_counter() - began))
    few = max(1, len(took) // 4)
    return [
        [f"to {few * _BATCH:,}", f"{Spread.of(took[:few]):,.0f}"],
        [f"from {(len(took) - few) * _BATCH:,}", f"{Spread.of(took[-few:]):,.0f}"],
    ]


def _hostile(side: Side, landmarks: Landmarks, effort: Effort) -> list[list[str]]:
    """The widest question there is, again and again, and who asks for a version by id meanwhile."""
    bodies = operations(landmarks)[0].ours()
    roots = [landmarks.hub, *landmarks.some_used[: _ROOTS - 1]]
    quiet = waited(side, bodies, effort.seconds)
    with _asking(side, roots) as answers:
        busy = waited(side, bodies, max(45.0, effort.seconds))
    if not answers:
        raise RuntimeError("The hostile question was never answered.")
    seconds, answer = answers[0]
    found = answer["data"]["lineage"]
    page = found["nodes"]["pageInfo"]
    return [
        ["the answer", f"after {seconds:.1f} s, {found['nodeCount']:,} entities"],
        ["complete", f"{found['complete']}, {' '.join(found['incompleteBecause'])}"],
        ["a cursor to go on from", "yes" if page["endCursor"] else "no"],
        ["artifact by id, p50 and p99, ms, quiet", _late(quiet)],
        ["artifact by id, p50 and p99, ms, meanwhile", _late(busy)],
    ]


def _late(waits: Sequence[float]) -> str:
    return f"{1e3 * median(waits):.1f}, {1e3 * quantiles(waits, n=100)[98]:.1f}"


@contextmanager
def _asking(side: Side, roots: Sequence[str]) -> Generator[list[tuple[float, dict[str, Any]]]]:
    """Asks for the lineage of the roots, one question after the other."""
    answers: list[tuple[float, dict[str, Any]]] = []
    ended = threading.Event()

    def ask() -> None:
        with httpx.Client(timeout=120, trust_env=False) as http:
            while not ended.is_set():
                began = time.perf_counter()
                body = {"query": _HOSTILE, "variables": {"roots": roots}}
                answer = http.post(side.url, json=body).json()
                answers.append((time.perf_counter() - began, answer))

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield answers
    finally:
        ended.set()
        thread.join()
