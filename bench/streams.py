"""All that is downstream of an early artifact, streamed: most of the world.

The plain driver walks by the service's own statement, in as large steps, with the same fields, and
keeps what the service keeps: the ids that it knows. What it reads it throws away.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

import httpx
import orjson
from neo4j import READ_ACCESS

from bench.closures import Plain
from bench.measure import Effort, Spread, in_turns, ratio
from bench.operations import operations
from bench.report import Table
from bench.sides import OURS, PROGRAMS, Side, running
from bench.stored import driven, stored
from graph_api.client.lineage.stream import Readable
from graph_api.models.lineage import FIELDS

_BATCH = 2_000
# Seconds between two looks at the memory.
_LOOK = 0.5
_NOTE = (
    "The answer is read into Python row by row, and thrown away. Growth is that of the memory of "
    "the service's worker, at its greatest. The goal is 60 s and 250 MiB for 1,000,000 "
    "nodes, and 1.3 times the plain driver."
)


@dataclass(frozen=True)
class Told:
    """What one answer took, and how many rows it had."""

    seconds: float
    first: float
    """Seconds until the first rows were there."""
    rows: int
    mib: float = 0
    """By how much the memory of the service grew at most."""


class Service:
    """Asks the service."""

    def __init__(self, client: httpx.Client, side: Side, root: str) -> None:
        self._client, self._server = client, side.server
        self._url = side.url.replace("/graphql", "/lineage/stream")
        self._parameters = {"root": root, "direction": "DOWNSTREAM"}

    def lines(self, rows: str) -> Told:
        """NDJSON, each line read."""

        def count(answer: httpx.Response) -> Iterator[int]:
            kept, last = b"", b""
            for piece in answer.iter_bytes():
                *whole, kept = (kept + piece).split(b"\n")
                yield sum("id" in row or "source" in row for row in map(orjson.loads, whole))
                last = whole[-1] if whole else last
            if "end" not in orjson.loads(last):
                raise RuntimeError("The stream broke off.")

        return self._told("application/x-ndjson", rows, count)

    def arrow(self, rows: str) -> Told:
        """Arrow, each batch read."""
        ipc: Any = import_module("pyarrow.ipc")

        def count(answer: httpx.Response) -> Iterator[int]:
            for batch in ipc.open_stream(Readable(answer)):
                yield batch.num_rows

        return self._told("application/vnd.apache.arrow.stream", rows, count)

    def _told(
        self, media_type: str, rows: str, count: Callable[[httpx.Response], Iterator[int]]
    ) -> Told:
        before = most = self._resident()
        began, first, found, looked = time.perf_counter(), 0.0, 0, 0.0
        with self._client.stream(
            "GET",
            self._url,
            params={**self._parameters, "rows": rows},
            headers={"accept": media_type},
        ) as answer:
            answer.raise_for_status()
            for some in count(answer):
                now = time.perf_counter() - began
                first = first or now
                found += some
                if now - looked > _LOOK:
                    looked, most = now, max(most, self._resident())
        return Told(time.perf_counter() - began, first, found, (most - before) / 2**20)

    def _resident(self) -> int:
        return self._server.resident()["worker"]


def plain(driver: Plain, root: str, rows: str) -> Told:
    """The same by the plain driver."""
    began, first, found = time.perf_counter(), 0.0, int(rows == "NODES")
    known, frontier = {root}, [root]
    while frontier:
        further: list[str] = []
        for start in range(0, len(frontier), _BATCH):
            fields = FIELDS if rows == "NODES" else ()
            met = driver.hop(frontier[start : start + _BATCH], fields)
            new = {*met["targets"]} - known
            known |= new
            further += new
            found += len(new) if rows == "NODES" else len(met["targets"])
            first = first or time.perf_counter() - began
        frontier = further
    return Told(time.perf_counter() - began, first, found)


def run(effort: Effort) -> list[Table]:
    """Nodes as lines and as Arrow, and edges."""
    with (
        stored(small=effort.small) as world,
        running(PROGRAMS[OURS], world.connection, 1, operations(world.landmarks)[0]) as side,
        httpx.Client(timeout=600, trust_env=False) as client,
        driven(world.connection) as driver,
        driver.session(database="neo4j", default_access_mode=READ_ACCESS) as session,  # pyright: ignore[reportUnknownMemberType]  # untyped **config
    ):
        root = min(world.landmarks.some_used)
        service, bare = Service(client, side, root), Plain(session)
        lines = [
            row("nodes, NDJSON", lambda: service.lines("NODES"), bare, root, "NODES", effort),
            row("nodes, Arrow", lambda: service.arrow("NODES"), bare, root, "NODES", effort),
            row("edges, NDJSON", lambda: service.lines("EDGES"), bare, root, "EDGES", effort),
        ]
    columns = [
        *("streamed", "rows", "seconds", "plain driver, s", "ratio", "rows/s"),
        *("first rows, ms", "growth, MiB"),
    ]
    return [Table("All that is downstream of an early artifact", columns, lines, _NOTE)]


def row(
    name: str, ours: Callable[[], Told], bare: Plain, root: str, rows: str, effort: Effort
) -> list[str]:
    sides = {"ours": ours, "plain": partial(plain, bare, root, rows)}
    found = in_turns(sides, effort.rounds)
    if len({told.rows for each in found.values() for told in each}) > 1:
        raise RuntimeError(f"{name}: the sides do not tell the same number of rows.")
    seconds = {side: [told.seconds for told in each] for side, each in found.items()}
    return [
        name,
        f"{found['ours'][0].rows:,}",
        f"{Spread.of(seconds['ours']):.1f}",
        f"{Spread.of(seconds['plain']):.1f}",
        f"**{ratio(seconds['ours'], seconds['plain']):.2f}**",
        f"{Spread.of(told.rows / told.seconds for told in found['ours']):,.0f}",
        f"{Spread.of(1000 * told.first for told in found['ours']):.0f}",
        f"{max(told.mib for told in found['ours']):.0f}",
    ]
