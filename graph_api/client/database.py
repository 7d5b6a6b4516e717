"""What the client remembers between processes: a SQLite file in its cache folder.

It only ever saves time. So whatever goes wrong with it (a folder that cannot be written, a full
disk, a lock that another process keeps, a damaged file) is no error: nothing is known then.
"""

import sqlite3
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

_T = TypeVar("_T")

# Seconds to wait for another process that writes, which takes milliseconds.
_PATIENCE = 2.0

_VERSION = 1
_TABLES = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS file (stat BLOB PRIMARY KEY, sealed BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS content (
  sha256 BLOB PRIMARY KEY, size INTEGER NOT NULL, used INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS listing (key TEXT PRIMARY KEY, sha256 BLOB NOT NULL);
PRAGMA user_version = {_VERSION};
COMMIT;
"""


class Database:
    """One connection, safe for threads; not for a process that is forked meanwhile."""

    def __init__(self, connection: sqlite3.Connection | None, file: Path) -> None:
        self._connection, self._file = connection, file
        self._lock = threading.Lock()

    @property
    def works(self) -> bool:
        """Whether nothing has gone wrong yet."""
        return self._connection is not None

    def rows(self, statement: str, *parameters: object) -> list[Any]:
        """The rows that a statement reads; none once something has gone wrong."""

        def read(connection: sqlite3.Connection) -> list[Any]:
            return connection.execute(statement, parameters).fetchall()

        return self._tried(read) or []

    def change(self, do: Callable[[sqlite3.Connection], _T]) -> _T | None:
        """What ``do`` gives in one transaction; None, and nothing done, if something goes wrong."""

        def work(connection: sqlite3.Connection) -> _T:
            connection.execute("BEGIN IMMEDIATE")
            try:
                done = do(connection)
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
            return done

        return self._tried(work)

    def _tried(self, do: Callable[[sqlite3.Connection], _T]) -> _T | None:
        with self._lock:
            if self._connection is None:
                return None
            try:
                return do(self._connection)
            except sqlite3.Error as error:
                _give_up(self._connection, self._file, error)
                self._connection = None
                return None

    def close(self) -> None:
        with self._lock, suppress(sqlite3.Error):
            if self._connection is not None:
                self._connection.close()
            self._connection = None


@contextmanager
def opened(folder: Path) -> Generator[Database]:
    """The database of the folder, for one batch of work."""
    file = folder / "index.db"
    database = Database(_connected(file), file)
    try:
        yield database
    finally:
        database.close()


def _connected(file: Path) -> sqlite3.Connection | None:
    connection = None
    try:
        # What is in it may be nobody else's business.
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = sqlite3.connect(
            file, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
        if connection.execute("PRAGMA user_version").fetchone() != (_VERSION,):
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_TABLES)
        # A killed process loses nothing by that. What a machine without power damages is seen,
        # and made anew.
        connection.execute("PRAGMA synchronous = OFF")
    except (sqlite3.Error, OSError) as error:
        _give_up(connection, file, error)
        return None
    return connection


def _give_up(connection: sqlite3.Connection | None, file: Path, error: Exception) -> None:
    if connection is not None:
        with suppress(sqlite3.Error):
            connection.close()
    if type(error) is sqlite3.DatabaseError:
        # It is damaged, or no database. The log first: a new file must not find it.
        for suffix in ("-wal", "-shm", ""):
            with suppress(OSError):
                file.with_name(file.name + suffix).unlink()
