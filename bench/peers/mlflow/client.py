"""MLflow's client, in the environment that has it: ``python -m … ADDRESS``; a name is a run's."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.peers.lines import Ways, Work, serve


def opened() -> Ways:
    """What can be asked of it."""
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

    def up(name: str, folder: Path) -> Work:
        id = run(name).run_id
        return lambda: client.log_artifacts(id, str(folder))

    def down(name: str, folder: Path) -> Work:
        id = run(name).run_id
        (folder / name).mkdir(exist_ok=True)
        return lambda: client.download_artifacts(id, "", str(folder / name))

    def forget(name: str, folder: Path) -> Work:
        uri = run(name).artifact_uri
        return lambda: repositories.get_artifact_repository(uri).delete_artifacts()

    return {"up": up, "down": down, "forget": forget}


if __name__ == "__main__":
    serve(opened)
