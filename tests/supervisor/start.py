"""``python -m tests.supervisor.start [APP [dropping]]``: what ``graph-api serve`` does, for tests.

Prints the address once it is ready, or the error's code and message, and then exits with 1. If it
is to be ``dropping``, it asks itself to end where Python drops what a handler raises.
"""

import os
import signal
import sys

from graph_api.errors import GraphApiError
from graph_api.settings import Settings
from graph_api.supervisor.serve import serve

TINY = "tests.supervisor.tiny_app:TinyApp"


class Dropping:
    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    app = sys.argv[1] if len(sys.argv) > 1 else TINY

    def on_ready(url: str) -> None:
        print(url, flush=True)
        if "dropping" in sys.argv:
            Dropping()

    try:
        serve(Settings(), on_ready, app=app)
    except GraphApiError as error:
        print(error.code, error, sep="\n", flush=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
