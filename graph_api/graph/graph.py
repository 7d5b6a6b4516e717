"""The connection to the graph."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

from neo4j import (
    READ_ACCESS,
    WRITE_ACCESS,
    AsyncDriver,
    AsyncGraphDatabase,
    AsyncResult,
    AsyncSession,
    AsyncTransaction,
)
from neo4j import Query as Statement
from neo4j.exceptions import ConstraintError, DriverError, Neo4jError, TransientError

from graph_api.errors import StoreUnavailable, TooSlow
from graph_api.graph.query import CYPHER, Query, Row
from graph_api.models import deadline
from graph_api.settings import Settings

Result = TypeVar("Result")

# A deadlock is over within milliseconds; the driver's own retries start at 1 s, and go on for long
# when the server is away, which the caller should rather hear of.
_FIRST_RETRY = 0.02
_TRIES = 12
# Seconds after which the database gives a statement up.
_LONGEST = 60.0
_TIMED_OUT = "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration"


class Vanished(Exception):
    """A node was deleted while a statement waited for its lock: the work is to run again.

    Neo4j hands over the lock of a node that is no more, with nulls for its properties.
    """


class Transaction:
    """Statements that take effect together. Given to the work of :meth:`Graph.in_transaction`."""

    def __init__(self, transaction: AsyncTransaction) -> None:
        self._transaction = transaction

    async def fetch(self, query: Query[Row], **parameters: Any) -> list[Row]:
        """Read every row."""
        return query.rows(await _records(await self._transaction.run(query.text, parameters)))

    async def fetch_one(self, query: Query[Row], **parameters: Any) -> Row | None:
        """Read the row, if there is one."""
        rows = await self.fetch(query, **parameters)
        return rows[0] if rows else None

    write = fetch


class Graph:
    """Runs statements and turns rows into models."""

    def __init__(self, driver: AsyncDriver, database: str = "neo4j") -> None:
        self._driver = driver
        self._database = database
        # Neo4j shows parts of a transaction while it applies it. Who has read something of one
        # asks next with its bookmark, and so waits for the rest: what is seen of the ledger is
        # seen of everything.
        self._bookmarks = AsyncGraphDatabase.bookmark_manager()

    async def fetch(self, query: Query[Row], **parameters: Any) -> list[Row]:
        """Read every row."""
        return await self._run(query, parameters, READ_ACCESS)

    async def fetch_one(self, query: Query[Row], **parameters: Any) -> Row | None:
        """Read the row, if there is one."""
        rows = await self.fetch(query, **parameters)
        return rows[0] if rows else None

    async def write(self, query: Query[Row], **parameters: Any) -> list[Row]:
        """Change the graph by one statement and return the rows."""
        return await self._run(query, parameters, WRITE_ACCESS)

    async def in_transaction(self, work: Callable[[Transaction], Awaitable[Result]]) -> Result:
        """Commit all that ``work`` does, or nothing.

        ``work`` runs again when another transaction was in its way (a deadlock, a uniqueness
        constraint): it must reach outside the graph only where a second time does no harm.
        """

        async def attempt() -> Result:
            async with (
                self._session() as session,
                await session.begin_transaction(timeout=_longest()) as tx,
            ):
                result = await work(Transaction(tx))
                await tx.commit()
                return result

        return await _again(attempt)

    async def apply_constraints(self) -> None:
        """Create the constraints and indexes that are missing, and wait until they are online."""
        with _available():
            async with self._session() as session:
                for path in sorted((CYPHER / "constraints").glob("*.cypher")):
                    for statement in statements(path.read_text(encoding="utf-8")):
                        await (await session.run(statement)).consume()  # pyright: ignore[reportArgumentType]  # as trusted as source

    async def check(self) -> None:
        """Returns when the graph answers; else StoreUnavailable."""
        with _available():
            await self._driver.verify_connectivity()  # pyright: ignore[reportUnknownMemberType]  # untyped **config

    def _session(self, access: str = WRITE_ACCESS) -> AsyncSession:
        return self._driver.session(  # pyright: ignore[reportUnknownMemberType]  # untyped **config
            database=self._database,
            default_access_mode=access,
            bookmark_manager=self._bookmarks,
        )

    async def _run(self, query: Query[Row], parameters: dict[str, Any], access: str) -> list[Row]:
        async def attempt() -> list[Row]:
            async with self._session(access) as session:
                statement = Statement(query.text, timeout=_longest())
                return query.rows(await _records(await session.run(statement, parameters)))

        return await _again(attempt)


def _longest() -> float:
    """Seconds that the database may take: no more than who asks has left."""
    waits = deadline.current()
    # To Neo4j, 0 is no limit.
    return max(0.001, min(waits.left, _LONGEST)) if waits else _LONGEST


async def _records(result: AsyncResult) -> list[dict[str, Any]]:
    # The driver's own `data()` walks every nested map once more.
    return [dict(zip(record.keys(), record.values(), strict=True)) async for record in result]


async def _again(attempt: Callable[[], Awaitable[Result]]) -> Result:
    """Try until no other transaction is in the way. A graph that is away is not waited for."""
    for tried in range(_TRIES):
        try:
            with _available():
                return await attempt()
        except (TransientError, ConstraintError, Vanished) as error:
            if tried == _TRIES - 1:
                raise StoreUnavailable("graph") from error
            await asyncio.sleep(_FIRST_RETRY * 2 ** min(tried, 6) * random.uniform(0.5, 1))  # noqa: S311
    raise AssertionError


@contextmanager
def _available() -> Generator[None]:
    """Name what the caller can act on: the graph is away, and the same call may work later."""
    try:
        yield
    except (TransientError, ConstraintError):
        raise
    except DriverError as error:
        raise StoreUnavailable("graph") from error
    except Neo4jError as error:
        if error.code == _TIMED_OUT:
            raise deadline.exceeded() or TooSlow(_LONGEST) from error
        # While a database starts or stops it refuses every statement; else the fault is ours.
        if "Unavailable" in (error.code or ""):
            raise StoreUnavailable("graph") from error
        raise


@asynccontextmanager
async def connect(settings: Settings) -> AsyncGenerator[Graph]:
    """The graph that the settings name."""
    driver = AsyncGraphDatabase.driver(  # pyright: ignore[reportUnknownMemberType]  # untyped **config
        settings.neo4j_uri or "",
        auth=(settings.neo4j_user, settings.neo4j_password.get_secret_value()),
        connection_timeout=2,
        connection_acquisition_timeout=10,
        # A connection that idled may be to a server that is no more.
        liveness_check_timeout=5,
        notifications_min_severity="OFF",
    )
    async with driver:
        yield Graph(driver)


def statements(text: str) -> list[str]:
    """The statements of a file, split at ``;`` at the end of a line, without comments."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("//")]
    return [part.strip() for part in "\n".join(lines).split(";") if part.strip()]
