"""What a peer's client does in its own interpreter, which lacks all that is ours.

It reads a line of JSON for each transfer, ``{"way", "name", "folder"}``, and answers with a line of
``{"seconds", "cpu"}``, both in seconds, once the transfer is over.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

Work = Callable[[], object]
Ways = Mapping[str, Callable[[str, Path], Work]]


def serve(opened: Callable[[], Ways]) -> None:
    """Answer until there are no more lines. What a way does before it returns work is not timed."""
    # What else is printed, also by programs that the client starts, must not come between.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    ways = opened()
    for line in sys.stdin:
        asked = json.loads(line)
        work = ways[asked["way"]](asked["name"], Path(asked["folder"]))
        began, used = time.perf_counter(), time.process_time()
        work()
        spent = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - used}
        print(json.dumps(spent), file=answers, flush=True)
