"""The smallest application that the supervisor can serve; it is ready when its Neo4j answers."""

import asyncio
import json
import os
import socket
from typing import Any

from graph_api.settings import Settings


def answers(uri: str) -> bool:
    """Whether something listens at the address ``bolt://host:port``."""
    host, port = uri.removeprefix("bolt://").split(":")
    try:
        socket.create_connection((host, int(port)), 1).close()
    except OSError:
        return False
    return True


def accepted(receive: Any) -> socket.socket:
    """The socket by which a request came."""
    return receive.__self__.transport.get_extra_info("socket")


class TinyApp:
    """``/readyz``, ``/slow`` (which takes a minute), and its settings at any other path."""

    def __init__(self) -> None:
        self.settings = Settings()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for event in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{event}.complete"})
            return
        uri = self.settings.neo4j_uri
        ready = uri is not None and answers(uri)
        if scope["path"] == "/slow":
            await asyncio.sleep(60)
        status = 503 if scope["path"] == "/readyz" and not ready else 200
        body = json.dumps(
            {
                "pid": os.getpid(),
                "neo4j": uri,
                "user": self.settings.neo4j_user,
                "password": self.settings.neo4j_password.get_secret_value(),
                "port": self.settings.port,
                "data": str(self.settings.data),
                "nodelay": accepted(receive).getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY),
            }
        ).encode()
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def broken() -> None:
    """An application that cannot be made."""
    raise ValueError("the application is broken")
