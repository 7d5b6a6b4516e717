"""Requests per second, latency and processor time of the five operations, side by side."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from rich.progress import track

from bench import processes
from bench.load import Load, load
from bench.measure import Effort, Spread, in_turns, ratio
from bench.operations import Operation, operations
from bench.report import Table
from bench.sides import BOUND, NEO4J_GRAPHQL, OURS, PEER, Side, sides
from bench.stored import Stored, stored
from tests import npm

CONNECTIONS = 8
# Before anything counts: V8 and Java compile, and Neo4j plans, what is asked for.
_WARM_SECONDS = 2.0
# Of a core, from which on it counts as taken.
_FULL = 0.9

_Loads = Mapping[str, Sequence[Load]]


def run(effort: Effort) -> Iterator[Table]:
    """Beside @neo4j/graphql and the bare statement, with one worker and with two."""
    npm.run(NEO4J_GRAPHQL, "true")
    with stored(small=effort.small) as world:
        for workers in (1, 2):
            yield from _compared(world, workers, effort)


def _compared(world: Stored, workers: int, effort: Effort) -> list[Table]:
    asked = operations(world.landmarks)
    with sides(world.connection, workers, asked[0]) as servers:
        idle = {name: processes.resident(side.processes) for name, side in servers.items()}
        for operation in asked:
            _assert_equal(servers, operation)
        at_once: dict[str, _Loads] = {}
        alone: dict[str, _Loads] = {}
        words = "1 worker" if workers == 1 else f"{workers} workers"
        for operation in track(asked, words):
            for side in servers.values():
                load(side, operation, CONNECTIONS, _WARM_SECONDS)
            at_once[operation.name] = _loads(servers, operation, CONNECTIONS, effort)
            if workers == 1:
                alone[operation.name] = _loads(servers, operation, 1, effort)
        tables = [
            _rates(f"Requests per second, {CONNECTIONS} connections, {words}", asked, at_once),
            _costs(f"Processor time of one request, {words}", at_once),
            _footprints(f"Start and memory, {words}", servers, idle),
        ]
        return [*tables, _latencies("Milliseconds at 1 connection", alone)] if alone else tables


def _assert_equal(servers: Mapping[str, Side], operation: Operation) -> None:
    """Every side gives the same rows in the same order."""
    for number in range(0, len(operation.variables), 50):
        answers = {
            name: operation.rows(side.ask(side.bodies(operation)[number]).json())
            for name, side in servers.items()
        }
        for name, answer in answers.items():
            if answer != answers[OURS]:
                raise RuntimeError(f"{operation.name}: {name} and {OURS} answer differently.")


def _loads(
    servers: Mapping[str, Side], operation: Operation, connections: int, effort: Effort
) -> _Loads:
    measured = {
        name: partial(load, side, operation, connections, effort.seconds)
        for name, side in servers.items()
    }
    return in_turns(measured, effort.rounds)


def _rates(title: str, asked: Sequence[Operation], loads: Mapping[str, _Loads]) -> Table:
    rows: list[list[str]] = []
    for operation in asked:
        found = loads[operation.name]
        rates = {name: [it.rate for it in seen] for name, seen in found.items()}
        bytes = [f"{found[name][0].seen.bytes:,.0f}" for name in (OURS, PEER)]
        rows.append(
            [
                operation.name,
                *(f"{Spread.of(rates[name]).median:,.0f}" for name in rates),
                f"**{ratio(rates[OURS], rates[PEER]):.2f}**",
                f"{operation.goal:g}",
                f"{ratio(rates[OURS], rates[BOUND]):.2f}",
                " / ".join(bytes),
                _bound(found[OURS]),
            ]
        )
    columns = ["operation", *_sides(loads), f"ours / {PEER}", "goal", f"ours / {BOUND}"]
    note = (
        "Ratios are those of rounds: the median, and in brackets the least and the greatest. "
        "Bytes are those of an answer with its head. In the last column is the processor time of a "
        "second, in cores; the start of the client is among the others."
    )
    return Table(title, [*columns, f"bytes, ours / {PEER}", "what bounds ours"], rows, note)


def _bound(loads: Sequence[Load]) -> str:
    """Who had no processor time left while we were asked."""

    def cores(cpu: Callable[[Load], float]) -> float:
        return Spread.of(cpu(it) / it.seen.seconds for it in loads).median

    server, neo4j = cores(lambda it: it.server), cores(lambda it: it.neo4j)
    client, others = cores(lambda it: it.seen.cpu_seconds), cores(lambda it: it.others)
    there = os.cpu_count() or 1
    parts = f"service {server:.2f}, Neo4j {neo4j:.2f}, client {client:.2f}, others {others:.2f}"
    if server + neo4j + client + others > _FULL * there:
        return f"the machine's {there} cores: {parts}"
    return f"{'its processes' if server > neo4j else 'Neo4j'}: {parts}"


def _costs(title: str, loads: Mapping[str, _Loads]) -> Table:
    rows = [
        [
            name,
            *(
                f"{Spread.of(it.cpu(it.server) for it in seen).median:.2f} + "
                f"{Spread.of(it.cpu(it.neo4j) for it in seen).median:.2f}"
                for seen in found.values()
            ),
        ]
        for name, found in loads.items()
    ]
    note = "Milliseconds of the server's processes, and of Neo4j for them."
    return Table(title, ["operation", *_sides(loads)], rows, note)


def _latencies(title: str, loads: Mapping[str, _Loads]) -> Table:
    rows = [
        [name, *(f"{Spread.of(it.seen.p50 for it in seen):.2f}" for seen in found.values())]
        for name, found in loads.items()
    ]
    # What takes so long by itself says nothing of a delay.
    quick = [found[OURS] for found in loads.values() if found[OURS][0].seen.p50 < 20]
    answers = sum(it.seen.requests for seen in quick for it in seen)
    stalled = sum(it.seen.stalled for seen in quick for it in seen)
    note = (
        f"Of {answers:,} answers of ours whose median is below 20 ms, {stalled} took 38 to 46 ms: "
        "that is what a delayed acknowledgement takes (TCP_NODELAY unset)."
    )
    return Table(title, ["operation, p50", *_sides(loads)], rows, note)


def _footprints(title: str, servers: Mapping[str, Side], idle: Mapping[str, int]) -> Table:
    rows = [
        [
            name,
            f"{side.server.seconds:.1f}",
            f"{idle[name] / 2**20:,.0f}",
            f"{processes.resident(side.processes) / 2**20:,.0f}",
            str(len(side.processes)),
        ]
        for name, side in servers.items()
    ]
    columns = ["side", "seconds to the first answer", "MiB idle", "MiB after", "processes"]
    note = (
        "Neo4j runs already, and is not in it. Memory is the sum over processes, what they share "
        "counted for each; ours are the supervisor, a guard for each child, the workers, and the "
        "sweeper."
    )
    return Table(title, columns, rows, note)


def _sides(loads: Mapping[str, _Loads]) -> list[str]:
    return list(next(iter(loads.values())))
