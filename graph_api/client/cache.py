"""The contents that were downloaded to this machine, under their SHA-256.

``sha256/ab/<hex>`` is one content. The index says whether it still is what it should be, or it is
read: nothing here has to be believed, neither after a kill nor after a change by hand. So nothing
is flushed to the disk, either: what a machine without power loses has another size then.

1. What was fetched and verified comes in as a second hard link to it, without a copy.
2. What is here goes out as a copy, a reflink where the file system has those, and never as a hard
   link: who edits a download in place would edit every other one. So such an edit reaches this
   cache alone, where the index finds it by the stat.
3. The database has the sizes and the times of use, by which the least recently used goes. A row is
   there before its file comes, and a file goes within the transaction that takes its row. Whoever
   brought one in looks for its row again, since another process may have taken it meanwhile.
"""

import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256 as sha256_of
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from graph_api.client import database, settings
from graph_api.client.database import Database
from graph_api.client.file import File
from graph_api.client.index import Index

# Seconds after which nobody is still making a copy.
_ABANDONED = 86_400


class Cache:
    """The cache during one batch of files, with the index. Safe for threads."""

    def __init__(self, known: Database, folder: Path, most: int) -> None:
        self.index = Index(known)
        self._database, self._folder, self._most = known, folder, most
        self._used: set[bytes] = set()

    def has(self, file: File) -> bool:
        """Whether there is something to look at; if not, that is told without opening a sink."""
        return file.sha256 is not None and self._place(bytes.fromhex(file.sha256)).exists()

    def give(self, file: File, sink: BinaryIO) -> bool:
        """Write the file's bytes to an empty sink; False, with whatever in it, if unknown."""
        try:
            sha256 = bytes.fromhex(str(file.sha256))
            place = self._place(sha256)
            with place.open("rb") as stream:
                before = os.fstat(stream.fileno())
                if self.index.of(stream, place) != (file.size, file.sha256):
                    self._database.change(lambda connection: self._remove(connection, [sha256]))
                    return False
                copy_bytes(stream, sink, before.st_size)
                after = os.fstat(stream.fileno())
        except (OSError, ValueError):
            return False
        self._used.add(sha256)
        # It may be edited just now, through the download that it came from.
        return (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)

    def keep(self, contents: Mapping[str, Path]) -> None:
        """Take in files by the SHA-256 that they were found to have; the files stay."""
        fitting = {
            bytes.fromhex(sha256): (local, size)
            for sha256, local in contents.items()
            if (size := local.stat().st_size) <= self._most
        }

        def admit(connection: sqlite3.Connection) -> None:
            self._adopt(connection)
            now = time.time_ns()
            rows = [(sha256, size, now) for sha256, (_, size) in fitting.items()]
            connection.executemany("INSERT OR REPLACE INTO content VALUES (?, ?, ?)", rows)
            self._remove(connection, _least_used(connection, self._most))

        self._database.change(admit)
        if self._database.works:
            for sha256, (local, _) in fitting.items():
                with suppress(OSError):
                    self._enter(local, self._place(sha256))
            self._database.change(lambda connection: self._check(connection, fitting))
        if not self._database.works:
            # Nobody would count them.
            for sha256 in fitting:
                self._unlink(sha256)

    def keep_stream(self, sha256: str, source: BinaryIO) -> None:
        """Take in a copy of what was found to have this SHA-256."""
        size = source.seek(0, os.SEEK_END)
        if size <= self._most:
            with suppress(OSError), self._copying() as copy:
                with copy.open("wb") as sink:
                    copy_bytes(source, sink, size)
                self.keep({sha256: copy})

    def listing(self, key: str) -> list[dict[str, Any]] | None:
        """What was kept under the key; None for nothing."""
        statement = (
            "SELECT lower(hex(sha256)), size FROM listing JOIN content USING (sha256) WHERE key = ?"
        )
        for sha256, size in self._database.rows(statement, key):
            sink = BytesIO()
            if self.give(File(key, size, sha256), sink):
                found: list[dict[str, Any]] = json.loads(sink.getvalue())
                return found
        return None

    def keep_listing(self, key: str, entries: list[dict[str, Any]]) -> None:
        """Keep what can be said in JSON, as one more content."""
        data = json.dumps(entries).encode()
        sha256 = sha256_of(data)
        self.keep_stream(sha256.hexdigest(), BytesIO(data))

        def note(connection: sqlite3.Connection) -> None:
            row = key, sha256.digest()
            connection.execute("INSERT OR REPLACE INTO listing VALUES (?, ?)", row)
            connection.execute(
                "DELETE FROM listing WHERE sha256 NOT IN (SELECT sha256 FROM content)"
            )

        self._database.change(note)

    def save(self) -> None:
        """Remember what this batch hashed and used."""
        self.index.save()
        if self._used:
            now = time.time_ns()
            rows = [(now, sha256) for sha256 in self._used]
            statement = "UPDATE content SET used = ? WHERE sha256 = ?"
            self._database.change(lambda connection: connection.executemany(statement, rows))

    def _place(self, sha256: bytes) -> Path:
        return self._folder / "sha256" / sha256.hex()[:2] / sha256.hex()

    def _enter(self, local: Path, place: Path) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(local, place)
        except FileExistsError:
            pass
        except OSError:
            # Another file system, or one without hard links.
            with self._copying() as copy:
                with local.open("rb") as source, copy.open("wb") as sink:
                    copy_bytes(source, sink, local.stat().st_size)
                os.replace(copy, place)

    @contextmanager
    def _copying(self) -> Generator[Path]:
        """A new file that goes; those of processes that were killed go, too."""
        folder = self._folder / "new"
        folder.mkdir(parents=True, exist_ok=True)
        for abandoned in folder.iterdir():
            with suppress(OSError):
                if abandoned.stat().st_mtime < time.time() - _ABANDONED:
                    abandoned.unlink()
        descriptor, name = tempfile.mkstemp(dir=folder)
        os.close(descriptor)
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def _adopt(self, connection: sqlite3.Connection) -> None:
        """Count what is here after the database was lost."""
        if connection.execute("SELECT 1 FROM content LIMIT 1").fetchone() is None:
            for place in self._folder.glob(f"sha256/??/{'[0-9a-f]' * 64}"):
                with suppress(OSError):
                    row = bytes.fromhex(place.name), place.stat().st_size, 0
                    connection.execute("INSERT INTO content VALUES (?, ?, ?)", row)

    def _check(self, connection: sqlite3.Connection, came: Mapping[bytes, object]) -> None:
        for sha256 in came:
            statement = "SELECT 1 FROM content WHERE sha256 = ?"
            if connection.execute(statement, (sha256,)).fetchone() is None:
                self._unlink(sha256)

    def _remove(self, connection: sqlite3.Connection, contents: list[bytes]) -> None:
        for sha256 in contents:
            self._unlink(sha256)
        statement = "DELETE FROM content WHERE sha256 = ?"
        connection.executemany(statement, [(sha256,) for sha256 in contents])

    def _unlink(self, sha256: bytes) -> None:
        # Windows keeps what somebody reads.
        with suppress(OSError):
            self._place(sha256).unlink()


@contextmanager
def opened() -> Generator[Cache]:
    """The user's cache, for one batch of files."""
    chosen = settings.from_environment()
    with database.opened(chosen.cache) as known:
        cache = Cache(known, chosen.cache, chosen.cache_bytes)
        try:
            yield cache
        finally:
            cache.save()


def _least_used(connection: sqlite3.Connection, most: int) -> list[bytes]:
    """What must go so that no more than so many bytes stay."""
    (over,) = connection.execute("SELECT coalesce(sum(size), 0) FROM content").fetchone()
    over -= most
    found: list[bytes] = []
    for sha256, size in connection.execute("SELECT sha256, size FROM content ORDER BY used"):
        if over <= 0:
            break
        found.append(bytes(sha256))
        over -= size
    return found


def copy_bytes(source: BinaryIO, sink: BinaryIO, size: int) -> None:
    """So many bytes; by the kernel where it can, which makes a reflink if the disk has those."""
    done = 0
    if sys.platform == "linux":
        with suppress(OSError):
            ends = source.fileno(), sink.fileno()
            while done < size and (count := os.copy_file_range(*ends, size - done, done, done)):
                done += count
    if done < size:
        source.seek(0)
        sink.seek(0)
        shutil.copyfileobj(source, sink, 1 << 20)
