"""A process that answers requests on a socket that the supervisor listens on.

``python -m graph_api.supervisor.worker SOCKET FACTORY DATA``: the descriptor of the socket, the
factory of the ASGI application, and the data folder (so that the command tells whose it is).
"""

import socket
import sys

import uvicorn

# Requests under way when the service ends have this long to finish.
GRACE_SECONDS = 1
SOCKET_MESSAGE_BYTES = 1 << 20


def main() -> None:
    """Serve until SIGTERM."""
    listener = socket.socket(fileno=int(sys.argv[1]))
    config = uvicorn.Config(
        sys.argv[2],
        factory=True,
        loop="uvloop",  # Plain asyncio leaves TCP_NODELAY unset on a socket that it is given.
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=SOCKET_MESSAGE_BYTES,
        lifespan="on",
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
