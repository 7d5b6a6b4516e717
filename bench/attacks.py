"""How long a good client waits while others mean harm: the p99 of an artifact by its id."""

import statistics
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial

import httpx

from bench.attackers import ATTACKS
from bench.measure import Effort, Spread, in_turns, ratio
from bench.operations import operations
from bench.report import Table
from bench.sides import OURS, PROGRAMS, Side, running
from bench.stored import stored

GOAL = 3.0
QUIET = "quiet"
# A request every so many seconds: someone at work, not a load.
_PACE = 0.02
# Until the attack has opened all that it opens.
_BEGIN_SECONDS = 2.0


def run(effort: Effort) -> list[Table]:
    """The p99 during each attack beside that without one; one worker, all limits by default."""
    with stored(small=effort.small) as world:
        first, *_ = operations(world.landmarks)
        with running(PROGRAMS[OURS], world.connection, 1, first) as side:
            bodies = first.ours()

            def during(attack: str) -> list[float]:
                with _attacked(side, attack):
                    return waited(side, bodies, effort.seconds)

            waited(side, bodies, _BEGIN_SECONDS)
            names = [QUIET, *ATTACKS]
            found = in_turns({name: partial(during, name) for name in names}, effort.rounds)
    late = {name: [_p99(waits) for waits in rounds] for name, rounds in found.items()}
    rows = [
        [
            name if name == QUIET else f"{name}: {ATTACKS[name].words}",
            f"{Spread.of(1e3 * statistics.median(waits) for waits in found[name]):.1f}",
            f"{Spread.of(1e3 * wait for wait in late[name]):.1f}",
            f"{ratio(late[name], late[QUIET]):.1f}",
        ]
        for name in names
    ]
    note = (
        "The good client asks for an artifact by id, 50 times a second at most, on one connection. "
        f"The goal is a p99 of at most {GOAL:g} times the quiet one. The attackers are a process "
        "of their own on the same machine: what they use of its processor is in the numbers."
    )
    columns = ["meanwhile", "p50, ms", "p99, ms", f"p99 / {QUIET}"]
    return [Table("A good client beside attackers, 1 worker", columns, rows, note)]


def waited(side: Side, bodies: Sequence[object], seconds: float) -> list[float]:
    """Seconds until each answer; RuntimeError for one that is no success."""
    waits: list[float] = []
    until = time.monotonic() + seconds
    with httpx.Client(timeout=60, trust_env=False) as http:
        while (begun := time.monotonic()) < until:
            answer = http.post(side.url, json=bodies[len(waits) % len(bodies)])
            waits.append(time.monotonic() - begun)
            if "errors" in answer.json():
                raise RuntimeError(f"The good client was answered {answer.text[:300]}")
            time.sleep(max(0, begun + _PACE - time.monotonic()))
    return waits


@contextmanager
def _attackers(side: Side, attack: str) -> Generator[None]:
    process = subprocess.Popen([sys.executable, "-m", "bench.attackers", attack, side.url])
    try:
        time.sleep(_BEGIN_SECONDS)
        yield
        if process.poll() is not None:
            raise RuntimeError(f"The attackers of {attack!r} gave up with {process.returncode}.")
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _attacked(side: Side, attack: str) -> AbstractContextManager[None]:
    return nullcontext() if attack == QUIET else _attackers(side, attack)


def _p99(waits: Sequence[float]) -> float:
    return statistics.quantiles(waits, n=100)[98]
