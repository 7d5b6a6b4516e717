"""Connections that all come at once, to a server in this process."""

import asyncio
import socket
from contextlib import ExitStack
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from graph_api.settings import Settings
from graph_api.supervisor.connection import Connection

UPGRADE = (
    b"GET /graphql HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
    b"sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


async def test_of_sockets_that_are_opened_at_once_each_gets_a_turn_of_the_loop_for_itself() -> None:
    turn, opened = 0, list[int]()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        opened.append(turn)
        await send({"type": "websocket.close"})

    config = uvicorn.Config(app, http=Connection, ws="websockets-sansio", lifespan="off")
    config.load()
    Connection.limits, state = Settings(), ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(config=config, server_state=state, app_state={}), "127.0.0.1", 0
    )
    with ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection(server.sockets[0].getsockname()))
            for _ in range(50)
        ]
        for client in clients:
            client.sendall(UPGRADE)
        # One leaves before its turn.
        clients.pop().close()
        async with asyncio.timeout(20):
            while len(opened) < 49 or state.tasks:
                turn += 1
                await asyncio.sleep(0)
        answers = [client.recv(1 << 10)[:12] for client in clients]

    assert len(set(opened)) == len(opened)
    assert answers == [b"HTTP/1.1 403"] * 49
    server.close()
    await server.wait_closed()
