"""``python -m tests.supervisor.start [APP]``: what ``graph-api serve`` does, for the tests.

Prints the address once it is ready, or the error's code and message, and then exits with 1.
"""

import sys

from graph_api.errors import GraphApiError
from graph_api.settings import Settings
from graph_api.supervisor.serve import serve

TINY = "tests.supervisor.tiny_app:TinyApp"


def main() -> None:
    app = sys.argv[1] if len(sys.argv) > 1 else TINY
    try:
        serve(Settings(), on_ready=lambda url: print(url, flush=True), app=app)
    except GraphApiError as error:
        print(error.code, error, sep="\n", flush=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
