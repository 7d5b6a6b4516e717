"""MLflow's client, in the environment that has it: ``python client.py ADDRESS``.

It reads a JSON line for each transfer, ``{"way", "name", "folder"}``, and answers with a line of
``{"seconds", "cpu"}``, both in seconds, once the transfer is over. A name is that of a run, which
is made before the clock starts.
"""

import json
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from importlib import import_module
from typing import Any


def main() -> None:
    """Serve until there are no more lines."""
    # By name: the environment of the bench itself does not have it.
    mlflow: Any = import_module("mlflow")
    mlflow.set_tracking_uri(sys.argv[1])
    client = mlflow.MlflowClient()
    repositories: Any = import_module("mlflow.store.artifact.artifact_repository_registry")
    runs: dict[str, Any] = {}

    def run(name: str) -> Any:
        if name not in runs:
            runs[name] = client.create_run("0", run_name=name).info
        return runs[name]

    def up(name: str, folder: str) -> None:
        client.log_artifacts(run(name).run_id, folder)

    def down(name: str, folder: str) -> None:
        client.download_artifacts(run(name).run_id, "", folder)

    def forget(name: str, folder: str) -> None:
        repositories.get_artifact_repository(run(name).artifact_uri).delete_artifacts()

    ways: dict[str, Callable[[str, str], None]] = {"up": up, "down": down, "forget": forget}
    answers = sys.stdout
    for line in sys.stdin:
        asked = json.loads(line)
        name = asked["name"]
        run(name)
        began, used = time.perf_counter(), time.process_time()
        with redirect_stdout(sys.stderr):
            ways[asked["way"]](name, asked["folder"])
        spent = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - used}
        print(json.dumps(spent), file=answers, flush=True)


if __name__ == "__main__":
    main()
