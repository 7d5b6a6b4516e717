"""A process that answers requests on a socket that the supervisor listens on.

``python -m graph_api.supervisor.worker SOCKET FACTORY DATA``: the descriptor of the socket, the
factory of the ASGI application, and the data folder (so that the command tells whose it is).
"""

import gc
import resource
import socket
import sys

import uvicorn

from graph_api.settings import Settings
from graph_api.supervisor.connection import Connection

# Requests under way when the service ends have this long to finish.
GRACE_SECONDS = 1
SOCKET_MESSAGE_BYTES = 1 << 20
# An idle connection is kept for longer than httpx keeps it, which is 5 s: a client that sends just
# as the service closes cannot tell whether its request arrived.
KEEP_SECONDS = 8


def main() -> None:
    """Serve until SIGTERM."""
    # What loads stays: to look for garbage in it meanwhile takes a sixth of the time.
    gc.disable()
    listener = socket.socket(fileno=int(sys.argv[1]))
    Connection.limits = Settings()
    # Each connection is a descriptor, and many systems grant 1,024 unless asked.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    config = uvicorn.Config(
        sys.argv[2],
        factory=True,
        loop="uvloop",  # Plain asyncio leaves TCP_NODELAY unset on a socket that it is given.
        http=Connection,
        ws="websockets-sansio",
        ws_max_size=SOCKET_MESSAGE_BYTES,
        lifespan="on",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_SECONDS,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    config.load()
    # The schema and the modules never become garbage: no collection need walk them, and answers of
    # thousands of objects should not start one each.
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    gc.enable()
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
