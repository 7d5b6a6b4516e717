"""What a resolver can reach."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

from graphql import GraphQLResolveInfo
from strawberry.types.info import Info as StrawberryInfo

from graph_api.errors import StoreUnavailable
from graph_api.models.page import Listed, Page, Stretch, Window, cursor, key_of
from graph_api.models.viewer import Viewer
from graph_api.schema.selection import alone, asked, cursors, selects, selects_below
from graph_api.services.keyring import Keyring
from graph_api.services.stores import Stores
from graph_api.settings import Settings

Key = TypeVar("Key")
Value = TypeVar("Value")
Row = TypeVar("Row")

# Of the event loop, in which what is to be loaded together is asked for.
_TURNS = 5

Batch = Callable[[Any, Viewer, list[Key]], Awaitable[Sequence[Value]]]
"""Loads many keys for a viewer: the value of each, in their order."""


@dataclass(frozen=True)
class Then(Generic[Key, Value]):
    """A batch function of those that take a seq, as of which they load."""

    batch: Callable[[Any, Viewer, list[Key], int], Awaitable[Sequence[Value]]]
    seq: int

    def __call__(self, graph: Any, viewer: Viewer, keys: list[Key]) -> Awaitable[Sequence[Value]]:
        """Load many keys."""
        return self.batch(graph, viewer, keys, self.seq)


class Context:
    """One per request, or per WebSocket."""

    def __init__(
        self,
        settings: Settings,
        stores: Stores,
        authenticate: Callable[[Mapping[str, object]], Awaitable[Viewer]],
        base_url: str,
        *,
        lasting: bool,
    ) -> None:
        self.settings = settings
        self.graph = stores.graph
        self.blobs = stores.blobs
        self.completions = stores.completions
        self.changes = stores.changes
        self.kept = stores.kept
        self.closures = stores.closures
        self.connection_params: Mapping[str, object] = {}
        """What a WebSocket began with, since a browser gives it no headers."""
        self.lasting = lasting
        """Whether it is a WebSocket's or an event stream's, which a key may not outlive."""
        self.end = asyncio.Event()
        """Set within a second of the end of the key that a lasting connection came by."""
        self._ends = stores.ends
        self._authenticate = authenticate
        self._viewer: Viewer | None = None
        self.url_lifetime = timedelta(seconds=settings.url_seconds)
        self._base_url = base_url.rstrip("/")
        self._asked: dict[object, tuple[dict[Any, None], asyncio.Task[dict[Any, Any]]]] = {}
        self._loading: set[asyncio.Task[Any]] = set()

    @property
    def viewer(self) -> Viewer:
        """Who asks. StoreUnavailable while that cannot be told yet."""
        if self._viewer is None:
            raise StoreUnavailable("graph")
        return self._viewer

    @cached_property
    def keyring(self) -> Keyring:
        """What opens stored secrets."""
        return Keyring.of(self.settings)

    async def refresh(self) -> None:
        """Ask who asks, and what they may do now. Unauthenticated, StoreUnavailable."""
        self._viewer = await self._authenticate(self.connection_params)
        if self.lasting and self._viewer.key:
            self.end = self._ends.of(self._viewer.key)

    def stop_loading(self) -> None:
        """End what is still being loaded: nobody waits for it."""
        for task in self._loading:
            task.cancel()

    def absolute(self, url: str) -> str:
        """The URL, on the address by which this request came where it is only a path."""
        return self._base_url + url if url.startswith("/") else url

    async def load(self, batch: Batch[Key, Value], key: Key) -> Value:
        """Load one key, as :meth:`load_all` does many."""
        (value,) = await self.load_all(batch, [key])
        return value

    async def load_all(self, batch: Batch[Key, Value], keys: Sequence[Key]) -> list[Value]:
        """Load some keys; those asked of an equal batch function in one tick share one query."""
        if not keys:
            return []
        if batch not in self._asked:
            asked: dict[Any, None] = {}

            async def once() -> dict[Any, Any]:
                # Whatever is ready to run asks first, behind a few tasks that wait for tasks, too.
                for _ in range(_TURNS):
                    await asyncio.sleep(0)
                # What is asked from now on is loaded anew: nothing is remembered, and the next
                # mutation of the document may change it.
                del self._asked[batch]
                distinct = [*asked]
                values = await batch(self.graph, self.viewer, distinct)
                return dict(zip(distinct, values, strict=True))

            loading = asyncio.create_task(once())
            self._loading.add(loading)
            loading.add_done_callback(self._loading.discard)
            self._asked[batch] = asked, loading
        asked, loading = self._asked[batch]
        asked.update(dict.fromkeys(keys))
        # Who waits may be cancelled; the others still wait.
        found = await asyncio.shield(loading)
        return [found[key] for key in keys]

    async def pages(
        self,
        batch: Callable[[Stretch], Batch[Key, Listed[Row]]],
        keys: Sequence[Key],
        window: Window,
    ) -> list[Page[Row]]:
        """A page of the list of each key, whose stretches batch functions load for many keys."""
        stretch = window.stretch(key_of)

        def page(key: Key, found: Listed[Row]) -> Page[Row]:
            return Page[Row].of(stretch, found, lambda part: self.load(batch(part), key), cursor)

        return [*map(page, keys, await self.load_all(batch(stretch), keys))]


class Info(StrawberryInfo[Context, None]):
    """What a resolver is told of the field that it answers."""

    @cached_property
    def asked(self) -> frozenset[str]:
        """The fields of entities that its selection may show."""
        return asked(self._info)

    def cursors(self, *lists: str) -> set[str]:
        """The cursors by which its selection asks for pages of lists right below it."""
        return cursors(self._info, lists)

    def alone(self, list: str, *others: str) -> Sequence[dict[str, Any]]:
        """The arguments of each page of a list right below it; none where it asks for more.

        Fields of the other names may be there.
        """
        return alone(self._info, list, *others)

    def selects_below(self, name: str) -> bool:
        """Whether a field of this name is right below it."""
        return selects_below(self._info, name)

    def selects(self, name: str) -> bool:
        """Whether a field of this name is anywhere in its selection."""
        return selects(self._info, name)

    @property
    def _info(self) -> "GraphQLResolveInfo[Any]":
        return cast("GraphQLResolveInfo[Any]", self._raw_info)  # pyright: ignore[reportUnknownMemberType]  # untyped
