"""What a peer's client does in its own interpreter, which lacks all that is ours.

It reads a line of JSON for each transfer, ``{"way", "name", "folder"}``, and answers with a line of
``{"seconds", "cpu"}``, both in seconds, once the transfer is over.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from pathlib import Path

Work = Callable[[], object]


def serve(ways: Mapping[str, Callable[[str, Path], Work]]) -> None:
    """Answer until there are no more lines. What a way does before it returns work is not timed."""
    answers = sys.stdout
    for line in sys.stdin:
        asked = json.loads(line)
        with redirect_stdout(sys.stderr):
            work = ways[asked["way"]](asked["name"], Path(asked["folder"]))
            began, used = time.perf_counter(), time.process_time()
            work()
        spent = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - used}
        print(json.dumps(spent), file=answers, flush=True)
