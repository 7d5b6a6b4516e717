"""Syncs that are killed: ``python -m tests.client.killed_sync URL FOLDER [forgotten]``.

Each sync is a process of its own, which kills itself (-9) as soon as the service or the byte store
has answered it once, then another after twice, and so on, until one comes to its end. With
``forgotten`` no call has the idempotency key of one before, as after the day for which the service
remembers them. Prints how many there were.
"""

import os
import secrets
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from graph_api import Client
from graph_api.client.api import Api


def main(url: str, folder: Path, *, forgotten: bool) -> None:
    """Sync until done."""
    killed = 0
    while not _comes_through(url, folder, killed + 1, forgotten=forgotten):
        killed += 1
    print(killed)


def _comes_through(url: str, folder: Path, answers: int, *, forgotten: bool) -> bool:
    process = os.fork()
    if process == 0:
        _die_after(answers)
        if forgotten:
            _forget()
        with Client(url, offline=False) as client:
            outcomes = client.sync(folder)
        for outcome in outcomes:
            if outcome.error:
                print(outcome.error, file=sys.stderr)
        os._exit(any(outcome.error for outcome in outcomes))
    _, status = os.waitpid(process, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return False
    assert os.WEXITSTATUS(status) == 0
    return True


def _die_after(answers: int) -> None:
    send, left = httpx.Client.send, answers

    def dying(*args: Any, **options: Any) -> httpx.Response:
        nonlocal left
        response = send(*args, **options)
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return response

    httpx.Client.send = dying


def _forget() -> None:
    mutate = Api.mutate

    def forgetful(
        self: Api,
        verb: str,
        payload: str,
        selection: str,
        input: Mapping[str, Any],
        errors: str = "",
    ) -> dict[str, Any]:
        if "idempotencyKey" in input:
            input = {**input, "idempotencyKey": secrets.token_hex(16)}
        return mutate(self, verb, payload, selection, input, errors)

    Api.mutate = forgetful


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), forgotten="forgotten" in sys.argv[3:])
