"""A client that works without end: ``python -m tests.proof.logging_client URL FILE SEED``.

It logs, and does to what it has logged all that can be done to artifacts. What must be so then is a
JSON line in FILE, on the disk before the next thing is done: of something the values of which it
has one. While a change is under way these are what it was and what it will be; once the change is
acknowledged, only what it is. What failed is done again until it succeeds. It may be killed at any
moment.
"""

import hashlib
import json
import os
import random
import secrets
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import IO, Any, TypeVar

from graph_api import Artifact, Client
from graph_api.client.collection import Collection
from graph_api.client.errors import GraphApiError

SIZES = [0, 10, 5_000, 3 << 20]
# So small and so many that they go up in one pack.
SMALL, MANY = 2_000, 12
PATIENCE = 300.0
PROJECT, OTHER = "proof", "proof-too"

Result = TypeVar("Result")
Key = tuple[str, str]
"""What is told, and of which thing."""


class Told:
    """What must be so, as far as it was acknowledged; what was never told of is None."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._now: dict[Key, Any] = {}

    def so(self, values: dict[Key, Any]) -> None:
        """These are acknowledged."""
        self._now |= values
        self._say({key: [value] for key, value in values.items()})

    def maybe(self, values: dict[Key, Any]) -> None:
        """These are on their way, or will never be."""
        self._say({key: [self._now.get(key), value] for key, value in values.items()})

    @contextmanager
    def changing(self, values: dict[Key, Any]) -> Generator[None]:
        """What is done within makes it so."""
        self.maybe(values)
        yield
        self.so(values)

    def _say(self, may: dict[Key, list[Any]]) -> None:
        for (what, of), values in may.items():
            self._file.write(json.dumps({"what": what, "of": of, "may": values}) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


@dataclass(frozen=True)
class Version:
    """A version that was acknowledged, and what is so of it."""

    id: str
    files: dict[str, bytes]
    so: dict[Key, Any]

    @property
    def gone(self) -> dict[Key, Any]:
        """The same once it is deleted."""
        return dict.fromkeys(self.so)


class Work:
    """All that one client does. It has a collection of its own, whose place nobody else changes."""

    def __init__(self, client: Client, told: Told, seed: int) -> None:
        self._client, self._told, self._seed = client, told, seed
        self._chance = random.Random(seed)
        self._number = 0
        # The last of those that nothing is done to that would delete them.
        self._lasting = deque[Version](maxlen=20)
        self._set = f"set-{seed}"
        self._snapshots: list[str] = []
        self._collections: dict[str, str] = {}

    def forever(self) -> None:
        """Log, and do something else, in turns."""
        self._done("createProject", {"name": OTHER}, "NAME_TAKEN")
        self._begin_own()
        everything = [
            self._delete,
            self._delete_and_restore,
            self._expire,
            self._thin_out_a_pack,
            self._change_files,
            self._point,
            self._roll_back,
            self._protect,
            self._rename,
            self._move,
            self._integrate,
            self._clone,
        ]
        self._chance.shuffle(everything)
        for do in cycle(everything):
            self._lasting.append(self._log(self._any_name(), self._some_files()))
            do()

    # Versions.

    def _log(self, name: str, files: dict[str, bytes]) -> Version:
        unique = self._unique()

        def log() -> Artifact:
            with tempfile.TemporaryDirectory() as folder:
                for path, data in files.items():
                    (Path(folder) / path).write_bytes(data)
                new = Artifact(name, type="dataset")
                new.add_dir(folder)
                with self._client.start_run(key=f"run-{unique}", resume=True) as run:
                    return run.log_artifact(new, aliases=[f"alias-{unique}"])

        made = until_done(log)
        self._told.so({("run", f"run-{unique}"): "COMPLETED"})
        return self._acknowledged(made, files, f"alias-{unique}")

    def _acknowledged(self, made: Artifact, files: dict[str, bytes], alias: str) -> Version:
        digests = {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
        so: dict[Key, Any] = {("version", made.id): digests}
        so[("alias", f"{self._collection_id(made.name)}:{alias}")] = made.id
        self._told.so(so)
        return Version(made.id, files, so)

    def _collection_id(self, name: str) -> str:
        if name not in self._collections:
            self._collections[name] = until_done(lambda: self._client.collection(name)).id
        return self._collections[name]

    def _change_files(self) -> None:
        """Log the next version of one, by what differs from it."""
        before, unique = self._chance.choice(self._lasting), self._unique()
        files = dict(before.files)
        first, *others = sorted(files)
        removed = others[:1]
        for path in removed:
            del files[path]
        files["renamed"] = files.pop(first)
        files["added"] = unique.encode()

        def log() -> Artifact:
            new = self._client.artifact(before.id).new_draft()
            for path in removed:
                new.remove(path)
            new.rename(first, "renamed", overwrite=True)
            new.add(files["added"], "added", overwrite=True)
            return self._client.log_artifact(new, aliases=[f"alias-{unique}"])

        made = until_done(log)
        self._lasting.append(self._acknowledged(made, files, f"alias-{unique}"))

    def _delete(self) -> None:
        self._deleted(self._log(self._any_name(), self._own_files()))

    def _deleted(self, version: Version) -> None:
        with self._told.changing(version.gone):
            self._done("deleteArtifacts", {"artifacts": [version.id], "force": True})

    def _delete_and_restore(self) -> None:
        version = self._log(self._any_name(), self._own_files())
        self._deleted(version)
        self._told.maybe(version.so)
        code = self._done("restoreArtifacts", {"artifacts": [version.id]}, "PURGED")
        self._told.so(version.gone if code == "PURGED" else version.so)

    def _expire(self) -> None:
        """Have the sweeper delete one, soon."""
        version = self._log(self._any_name(), self._own_files())
        self._told.maybe(version.gone)
        self._done("setTimeToLive", {"artifact": version.id, "seconds": 1}, "DELETED")
        self._told.so({("expired", version.id): True})

    def _thin_out_a_pack(self) -> None:
        """Leave so little of a pack that the sweeper rewrites it."""
        small = {f"small-{place}": self._bytes(SMALL) for place in range(MANY)}
        whole = self._log("one", small)
        some = dict([*small.items()][3:5])
        self._lasting.append(self._log("two", some | {"more": self._bytes(10)}))
        self._deleted(whole)

    # Aliases, names and places of the collection of its own.

    def _begin_own(self) -> None:
        self._place, self._name = PROJECT, f"own-{self._seed}"
        versions = [self._log(self._name, self._own_files()) for _ in range(2)]
        self._own = self._collection_id(self._name)
        self._told.so({("place", self._own): [PROJECT, self._name], ("protected", self._own): []})
        self._between = [version.id for version in versions]
        for id in self._between:
            self._point_at(id)
        # Else the first snapshot would make it, and who is killed then may leave it empty.
        with self._told.changing({("snapshots", self._set): []}):
            self._done("createDataset", {"project": PROJECT, "name": self._set, "existsOk": True})

    def _point_at(self, id: str) -> None:
        with self._told.changing({("alias", f"{self._own}:best"): id}):
            self._done("addAliases", {"artifact": id, "aliases": ["best"]}, takes="AliasesInput")

    def _point(self) -> None:
        """Point its alias at the other of its two versions."""
        self._between.reverse()
        self._point_at(self._between[-1])

    def _roll_back(self) -> None:
        before, now = self._between
        input = {"collection": self._own, "alias": "best", "from": now}
        # Whoever tries again must not roll back twice.
        input["idempotencyKey"] = secrets.token_hex(16)
        with self._told.changing({("alias", f"{self._own}:best"): before}):
            self._done("rollBackAlias", input)
        self._between.reverse()

    def _protect(self) -> None:
        with self._told.changing({("protected", self._own): ["best"]}):
            until_done(lambda: self._collection().protect("best"))
        if self._chance.random() < 1 / 2:
            with self._told.changing({("protected", self._own): []}):
                until_done(lambda: self._collection().unprotect("best"))

    def _rename(self) -> None:
        self._name = f"own-{self._unique()}"
        with self._told.changing({("place", self._own): [self._place, self._name]}):
            until_done(lambda: self._collection().rename(self._name))

    def _move(self) -> None:
        self._place = OTHER if self._place == PROJECT else PROJECT
        with self._told.changing({("place", self._own): [self._place, self._name]}):
            until_done(lambda: self._collection().move(self._place))

    def _collection(self) -> Collection:
        return self._client.collection(self._own)

    # What lies beside artifacts.

    def _integrate(self) -> None:
        name = f"lake-{self._unique()}"
        options = {"bucket": name, "accessKey": "key", "secretKey": "secret"}
        input = {"project": PROJECT, "name": name, "options": options}
        with self._told.changing({("integration", name): True}):
            self._done("createIntegration", input, "NAME_TAKEN")
        if self._chance.random() < 1 / 2:
            id = until_done(lambda: self._client.integrations.get(name)).id
            with self._told.changing({("integration", name): None}):
                input = {"id": id, "sure": True, "really": True}
                self._done("deleteIntegration", input, "NOT_FOUND")

    def _clone(self) -> None:
        name, clone = self._set, f"clone-{self._unique()}"
        version = self._chance.choice(self._lasting)
        self._snapshots = [*dict.fromkeys([*self._snapshots, version.id])]
        input = {"project": PROJECT, "dataset": name, "artifact": version.id}
        with self._told.changing({("snapshots", name): self._snapshots}):
            self._done("addSnapshot", input)
        id = until_done(lambda: self._client.dataset(name)).id
        input = {"dataset": id, "name": clone, "idempotencyKey": secrets.token_hex(16)}
        with self._told.changing({("snapshots", clone): self._snapshots}):
            self._done("cloneDataset", input)

    # What it takes.

    def _unique(self) -> str:
        self._number += 1
        return f"{self._seed}-{self._number}"

    def _any_name(self) -> str:
        """One of those that all clients log to."""
        return self._chance.choice(["one", "two"])

    def _some_files(self) -> dict[str, bytes]:
        """Every third content is one that others have, too."""
        count = self._chance.randint(1, 3)
        return {
            f"file-{place}": random.Random("shared").randbytes(self._chance.choice(SIZES))
            if self._chance.random() < 1 / 3
            else self._bytes(self._chance.choice(SIZES))
            for place in range(count)
        }

    def _own_files(self) -> dict[str, bytes]:
        """Nobody else has all of these, so that no version of another client is the same."""
        return self._some_files() | {"own": self._unique().encode()}

    def _bytes(self, size: int) -> bytes:
        return self._chance.randbytes(size)

    def _done(
        self, verb: str, input: dict[str, Any], *codes: str, takes: str | None = None
    ) -> str | None:
        """Do it; with which of these codes it was refused, if it was."""
        takes = takes or f"{verb[0].upper()}{verb[1:]}Input"
        document = (
            f"mutation ($input: {takes}!) {{ "
            f"{verb}(input: $input) {{ ... on Error {{ code message }} }} }}"
        )
        answer = until_done(lambda: self._client.execute(document, {"input": input}))[verb]
        if answer and answer["code"] not in codes:
            raise RuntimeError(f"{verb}: {answer}")
        return answer.get("code")


def until_done(work: Callable[[], Result]) -> Result:
    """What comes of it once it succeeds."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return work()
        except (GraphApiError, OSError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


if __name__ == "__main__":
    url, file, seed = sys.argv[1:]
    with Client(url, project=PROJECT) as client, Path(file).open("a") as told:
        Work(client, Told(told), int(seed)).forever()
