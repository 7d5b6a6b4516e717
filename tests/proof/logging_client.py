"""A client that logs without end: ``python -m tests.proof.logging_client URL FILE SEED``.

What the service acknowledged is a JSON line in FILE, on the disk before the next thing is done;
what failed is done again until it succeeds. Some of what it logged it deletes, some of that it
restores: a line says so before, so that whoever reads knows what may be. It may be killed at any
moment.
"""

import hashlib
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, TypeVar

from graph_api import Artifact, Client
from graph_api.client.errors import GraphApiError

SIZES = [0, 10, 5_000, 3 << 20]
PATIENCE = 90.0

Result = TypeVar("Result")


def main(url: str, file: str, seed: int) -> None:
    """Log until killed."""
    chance = random.Random(seed)
    with Client(url, project="proof") as client, Path(file).open("a") as acknowledged:
        number = 0
        while True:
            number += 1
            with tempfile.TemporaryDirectory() as folder:
                _log(client, acknowledged, chance, Path(folder), f"{seed}-{number}")


def _log(
    client: Client, acknowledged: IO[str], chance: random.Random, folder: Path, unique: str
) -> None:
    digests: dict[str, str] = {}
    nobody_else_s = False
    for place in range(chance.randint(1, 3)):
        # Every third content is one that others have, too.
        seed = "shared" if chance.random() < 1 / 3 else f"{unique}-{place}"
        data = random.Random(seed).randbytes(chance.choice(SIZES))
        nobody_else_s |= len(data) > 0 and seed != "shared"
        (folder / f"file-{place}").write_bytes(data)
        digests[f"file-{place}"] = hashlib.sha256(data).hexdigest()
    name = chance.choice(["one", "two"])

    def log() -> Artifact:
        new = Artifact(name, type="dataset")
        new.add_dir(folder)
        with client.start_run(key=f"run-{unique}", resume=True) as run:
            return run.log_artifact(new, aliases=[f"alias-{unique}"])

    made = _until_done(log)
    _say(
        acknowledged,
        {"id": made.id, "files": digests, "alias": f"{name}:alias-{unique}", "run": unique},
    )
    if nobody_else_s and chance.random() < 1 / 3:
        _delete(client, acknowledged, made.id)
        if chance.random() < 1 / 2:
            _restore(client, acknowledged, made.id)


def _delete(client: Client, acknowledged: IO[str], id: str) -> None:
    _say(acknowledged, {"id": id, "may": ["COMMITTED", "DELETED"]})
    input = {"artifacts": [id], "force": True}
    _until_done(lambda: _done(client, "deleteArtifacts", "DeleteArtifactsInput", input))
    _say(acknowledged, {"id": id, "may": ["DELETED"]})


def _restore(client: Client, acknowledged: IO[str], id: str) -> None:
    _say(acknowledged, {"id": id, "may": ["COMMITTED", "DELETED"]})
    restore = "restoreArtifacts", "RestoreArtifactsInput", {"artifacts": [id]}
    code = _until_done(lambda: _done(client, *restore))
    _say(acknowledged, {"id": id, "may": ["DELETED" if code == "PURGED" else "COMMITTED"]})


def _done(client: Client, verb: str, takes: str, input: dict[str, Any]) -> str | None:
    """The code with which it was refused for good, if it was."""
    answer = client.execute(
        f"mutation ($input: {takes}!) {{ {verb}(input: $input) {{ ... on Error {{ code }} }} }}",
        {"input": input},
    )
    return answer[verb].get("code")


def _until_done(work: Callable[[], Result]) -> Result:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return work()
        except (GraphApiError, OSError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def _say(file: IO[str], line: dict[str, Any]) -> None:
    file.write(json.dumps(line) + "\n")
    file.flush()
    os.fsync(file.fileno())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
