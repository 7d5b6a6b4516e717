"""A socket's messages, without a server."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from graph_api.routes.socket import Socket


async def test_of_all_messages_of_all_sockets_one_is_taken_in_a_turn_of_the_loop() -> None:
    turn, answered = 0, list[int]()

    class Wire:
        async def send_json(self, message: object) -> None:
            assert message == {"type": "pong"}
            answered.append(turn)

    endpoint: Any = SimpleNamespace(stepping=asyncio.Lock())
    wire: Any = Wire()
    sockets = [
        Socket(endpoint, wire, None, None, endpoint, timedelta(seconds=1)) for _ in range(20)
    ]

    async def flood(socket: Socket) -> None:
        for _ in range(10):
            await socket.handle_message({"type": "ping"})

    floods = [asyncio.create_task(flood(socket)) for socket in sockets]
    while not all(one.done() for one in floods):
        turn += 1
        await asyncio.sleep(0)

    assert len(answered) == 200
    assert len(set(answered)) == 200
