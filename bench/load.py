"""Load: as many requests as a server answers in a time, and what they cost."""

import json
import subprocess
from dataclasses import dataclass

from pydantic import BaseModel

from bench import processes
from bench.operations import Operation
from bench.sides import NEO4J_GRAPHQL, NODE, Side


class Seen(BaseModel, frozen=True):
    """What the client saw: autocannon, in a process of its own."""

    requests: int
    seconds: float
    failed: int
    bytes: float
    """Of an answer, with its head, on average."""
    p50: float
    """Milliseconds."""
    stalled: int
    """Answers after 38 to 46 ms: those that waited for a delayed acknowledgement."""
    cpu_seconds: float


@dataclass(frozen=True)
class Load:
    """Some seconds of requests to one side."""

    seen: Seen
    server: float
    """Processor seconds of the side's processes."""
    neo4j: float
    """Processor seconds of Neo4j."""
    others: float
    """Processor seconds of whatever else ran, the start of the client among it."""

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.seen.requests / self.seen.seconds

    def cpu(self, seconds: float) -> float:
        """Milliseconds for each request."""
        return 1_000 * seconds / self.seen.requests


def load(side: Side, operation: Operation, connections: int, seconds: float) -> Load:
    """Ask a side for an operation for so long; RuntimeError where an answer is no success."""
    asked = {
        "url": side.url,
        "connections": connections,
        "seconds": seconds,
        "bodies": side.bodies(operation),
    }
    groups = side.processes, processes.java()

    def used() -> list[float]:
        return [processes.busy_seconds(), *map(processes.cpu_seconds, groups)]

    before = used()
    output = subprocess.check_output(
        [NODE, str(NEO4J_GRAPHQL / "load.mjs")], input=json.dumps(asked).encode()
    )
    total, server, neo4j = (now - then for now, then in zip(used(), before, strict=True))
    seen = Seen.model_validate_json(output)
    if seen.failed or not seen.requests:
        raise RuntimeError(f"{operation.name} failed {seen.failed} times at {side.url}.")
    return Load(seen, server, neo4j, max(0, total - server - neo4j - seen.cpu_seconds))
