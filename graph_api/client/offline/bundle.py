"""Bundles: a folder each, with what one run said in order, and the contents that it logged.

``docs/offline.md`` has the format, byte for byte.
"""

import os
import re
import secrets
import sys
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any

from graph_api.client.cache import copy_bytes
from graph_api.client.errors import BadArgument, FileChanged
from graph_api.client.file import hashed
from graph_api.client.offline.errors import BundleInUse, NoBundle
from graph_api.client.offline.lines import Lines, flush_folder, read

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


FORMAT = 1
OPERATIONS = "operations.jsonl"

# Seconds that a call waits for a sync of the bundle to end.
_PATIENCE = 60.0

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_OWN = re.compile(r"offline_0[0-9a-hjkmnp-tv-z]{25}")
_REFERENCE = re.compile(rf"(graph-api://)({_OWN.pattern})(/.*)", re.DOTALL)
# The members of an input that name things. What an operation is about comes first.
NAMING = ("run", "target", "artifact", "id", "entity", "entities", "source", "used")


def new_id() -> str:
    """An id that stands for what a sync makes or finds; it looks like those of the service."""
    return "offline_0" + "".join(secrets.choice(_DIGITS) for _ in range(25))


def is_own(id: str) -> bool:
    """Whether an id was made by :func:`new_id`."""
    return _OWN.fullmatch(id) is not None


def renamed(input: Mapping[str, Any], name: Callable[[str], str]) -> dict[str, Any]:
    """The input of an operation with every id of :func:`new_id` in it under another name."""

    def own(id: Any) -> Any:
        return name(id) if isinstance(id, str) and is_own(id) else id

    given = dict(input)
    for member in NAMING:
        if member in given:
            value: Any = given[member]
            given[member] = [own(id) for id in value] if isinstance(value, list) else own(value)  # pyright: ignore[reportUnknownVariableType]
    if "files" in given:
        given["files"] = [
            {**file, "reference": _REFERENCE.sub(lambda it: it[1] + name(it[2]) + it[3], uri)}
            if (uri := file["reference"])
            else file
            for file in given["files"]
        ]
    return given


def own_ids(input: Mapping[str, Any]) -> list[str]:
    """The ids of :func:`new_id` that an input names."""
    found: list[str] = []

    def note(own: str) -> str:
        found.append(own)
        return own

    renamed(input, note)
    return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that was said."""

    number: int
    """From 1, without gaps."""
    at: datetime
    """UTC; never before that of the operation before."""
    verb: str
    input: dict[str, Any]
    makes: str | None
    """The id that stands for what it makes or finds."""


def operations(bundle: Path) -> Iterator[Operation]:
    """What was said, in order, each verified before it is handed out.

    None where not even the first line is whole; NoBundle for a format that is not known.
    """
    lines = read(bundle / OPERATIONS)
    head = next(lines, None)
    if head is not None and head.get("format") != FORMAT:
        raise NoBundle(bundle, f"has the format {head.get('format')!r}; this client knows {FORMAT}")
    for line in lines:
        yield Operation(
            line["n"],
            datetime.fromisoformat(line["at"]),
            line["verb"],
            line["input"],
            line.get("makes"),
        )


def identity(bundle: Path) -> str:
    """The id that the bundle says it has, whatever its folder is called by now."""
    return next(read(bundle / OPERATIONS))["bundle"]


def bundles(folder: Path) -> list[Path]:
    """The bundles in a folder, or the folder itself if it is one, in the order of their begin."""
    if (folder / OPERATIONS).exists():
        return [folder]
    return sorted(
        file.parent for file in folder.glob(f"*/{OPERATIONS}") if file.parent.name[0] != "."
    )


def content(bundle: Path, sha256: str) -> Path:
    """Where the bytes with this SHA-256 lie."""
    return bundle / "contents" / sha256[:2] / sha256


class Lock:
    """The right to write to a bundle or to sync it. The system takes it from whoever dies."""

    def __init__(self, bundle: Path) -> None:
        self._bundle = bundle
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        return self._descriptor is not None

    def take(self, patience: float = 0) -> None:
        """Hold it; BundleInUse if another has it for longer than these seconds."""
        until = time.monotonic() + patience
        descriptor = os.open(self._bundle / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        while True:
            try:
                _lock(descriptor)
                break
            except OSError as error:
                if time.monotonic() > until:
                    os.close(descriptor)
                    raise BundleInUse(self._bundle) from error
            time.sleep(0.05)
        self._descriptor = descriptor

    def release(self) -> None:
        """Hold it no more."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @contextmanager
    def holding(self, patience: float = 0) -> Generator[None]:
        """Hold it for this long, unless it is held for longer."""
        if self.held:
            yield
            return
        self.take(patience)
        try:
            yield
        finally:
            self.release()


class Bundle:
    """A bundle that this process writes. Safe for threads.

    Each call holds it; between :meth:`hold` and :meth:`release` it stays so, and nobody syncs it.
    """

    def __init__(self, folder: Path) -> None:
        self._process = os.getpid()
        self._mutex = RLock()
        self._at = datetime.now(UTC)
        self._count = 0
        self.id = f"{self._at:%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(8)}"
        self.path = folder.absolute() / self.id
        self.ids: set[str] = set()
        """The ids of :func:`new_id` that operations have made known."""
        self.path.mkdir(parents=True)
        self._lock = Lock(self.path)
        self._lines = Lines(self.path / OPERATIONS)
        self._lines.append(
            {"format": FORMAT, "bundle": self.id, "at": self._at.isoformat()},
        )
        for made in (self.path, self.path.parent):
            flush_folder(made)

    def append(self, verb: str, input: Mapping[str, Any], makes: str | None = None) -> datetime:
        """Write an operation; its time."""
        if os.getpid() != self._process:
            raise BadArgument(
                f"The run of {self.path} belongs to the process that began it.",
                "Begin a run in this one, too; with the same key and resume=True it is the same.",
            )
        with self._mutex, self._lock.holding(_PATIENCE):
            at = max(self._at, datetime.now(UTC))
            said = {"n": self._count + 1, "at": at.isoformat(), "verb": verb, "input": input}
            self._lines.append(said | ({"makes": makes} if makes else {}))
            self._at, self._count = at, self._count + 1
            if makes:
                self.ids.add(makes)
            return at

    def flush(self, contents: set[str]) -> None:
        """Have the names of contents on the disk; their bytes are there already."""
        for folder in {content(self.path, sha256).parent for sha256 in contents}:
            flush_folder(folder)
        if contents:
            flush_folder(self.path / "contents")
            flush_folder(self.path)

    def hold(self) -> None:
        """Let nobody sync what is said until the release."""
        with self._mutex:
            self._lock.take(_PATIENCE)

    def release(self) -> None:
        """Let others sync what has been said until now."""
        with self._mutex:
            self._lock.release()


def keep(local: Path, path: str, sha256: str, place: Path) -> None:
    """Put a copy of a local file in its place, on the disk; FileChanged if it is another one now.

    No hard link: people edit files in place.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    new = place.with_name(f"new-{secrets.token_hex(8)}")
    try:
        with local.open("rb") as source, new.open("xb") as sink:
            copy_bytes(source, sink, os.fstat(source.fileno()).st_size)
            sink.flush()
            os.fsync(sink.fileno())
        if hashed(new)[1] != sha256:
            raise FileChanged(path)
        os.replace(new, place)
    finally:
        new.unlink(missing_ok=True)
