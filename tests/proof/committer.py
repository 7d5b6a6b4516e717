"""Clients that commit when they are told: ``python -m tests.proof.committer THREADS``.

Each line of the input is a task for all threads at once; each line of the output is what they
answer. They start with the first line, which says ``ready``.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from graph_api import Artifact, Client
from graph_api.client.errors import GraphApiError

LOG = """mutation ($input: LogArtifactInput!) { logArtifact(input: $input) { __typename
  ... on CommitPayload { created artifact { id version } } ... on Error { code message } } }"""
START = """mutation ($input: StartRunInput!) { startRun(input: $input) { __typename
  ... on RunPayload { created run { id number key } } ... on Error { code message } } }"""


def draft(name: str, content: str) -> Artifact:
    """A draft of one file."""
    made = Artifact(name, "dataset")
    made.add(content.encode(), "a")
    return made


def log(client: Client, name: str, content: str) -> dict[str, Any]:
    """Log a version by a run of its own."""
    run = client.start_run()
    return {**said(run.log_artifact(draft(name, content))), "run": run.id}


def said(made: Artifact) -> dict[str, Any]:
    """What a client was told of its version."""
    return {"id": made.id, "version": made.version, "created": made.created}


def different(client: Client, number: int) -> dict[str, Any]:
    """Content of its own to a name that all have, with an alias that all give."""
    return said(client.log_artifact(draft("data", f"content {number}"), ["best"]))


def equal(client: Client, number: int) -> dict[str, Any]:
    """The same content to a name that all have."""
    return log(client, "data", "content")


def names(client: Client, number: int) -> dict[str, Any]:
    """A name of its own."""
    return log(client, f"data-{number}", f"content {number}")


def key(client: Client, number: int) -> dict[str, Any]:
    """The same calls under the same keys."""
    project = client.project
    files = [{"path": "a", "content": "YQ=="}]
    new = {"project": project, "name": "data", "type": "dataset", "deduplicate": False}
    started = {"project": project, "idempotencyKey": f"{project} run"}
    logged = {**new, "files": files, "idempotencyKey": f"{project} log"}
    return {
        "run": client.execute(START, {"input": started})["startRun"],
        "log": client.execute(LOG, {"input": logged})["logArtifact"],
    }


TASKS = {"different": different, "equal": equal, "names": names, "key": key}


def main(threads: int) -> None:
    """Do what each line says."""
    print("ready", flush=True)
    with ThreadPoolExecutor(threads) as pool:
        for line in sys.stdin:
            order = json.loads(line)
            barrier = Barrier(threads)

            def work(
                thread: int, order: dict[str, Any] = order, barrier: Barrier = barrier
            ) -> dict[str, Any]:
                number = order["first"] + thread
                url = order["urls"][number % len(order["urls"])]
                with Client(url, project=order["project"]) as client:
                    barrier.wait(60)
                    try:
                        return TASKS[order["task"]](client, number)
                    except GraphApiError as error:
                        return {"error": str(error)}

            print(json.dumps(list(pool.map(work, range(threads)))), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
