"""API keys: made, listed and revoked by whoever runs the service, and asked for by every request.

A secret is 256 random bits, so its plain SHA-256 can neither be guessed nor reversed; and since the
look-up is by that hash, how long it takes tells nothing about a secret.
"""

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Mapping
from contextvars import Context
from datetime import timedelta
from weakref import WeakValueDictionary

from typeid import TypeID

from graph_api.errors import BadInput, KeyEnded, StoreUnavailable, Unauthenticated, UnknownId
from graph_api.graph import Graph, Reader, cypher
from graph_api.models import instant, names
from graph_api.models.api_key import PREFIX, ApiKey, Made
from graph_api.models.artifact import Id
from graph_api.models.viewer import Scope, Viewer
from graph_api.services import project
from graph_api.settings import Limits

BY_ID = cypher("api_key/by_id", ApiKey)
CREATE = cypher("api_key/create")
BY_SHA256 = cypher("api_key/by_sha256", ApiKey)
LIVING = cypher("api_key/living", Id)
OF_ORGANIZATION = cypher("api_key/of_organization", ApiKey)
REVOKE = cypher("api_key/revoke", Id)

# Seconds between two looks at the keys of those who stay.
_PAUSE = 0.5

_log = logging.getLogger("graph_api")


async def create(
    graph: Graph,
    viewer: Viewer,
    limits: Limits,
    user: str,
    *,
    everywhere: Scope | None = None,
    projects: Mapping[str, Scope] | None = None,
    lifetime: timedelta | None = None,
) -> Made:
    """Make a key; its secret is told once, here.

    ``projects`` are scopes by the names of projects. One that is to be written to is made where
    there is none; UnknownName for one that is to be read. BadInput for a key that may do nothing.
    """
    user = names.label("user", user, limits.name_length)
    if not (everywhere or projects):
        raise BadInput("The key would grant nothing; name a scope.")
    if lifetime is not None and lifetime <= timedelta():
        raise BadInput(f"The key would live for {lifetime}; give it some time.")
    grants: list[dict[str, str]] = []
    for name, scope in (projects or {}).items():
        if scope == "read":
            project_id = (await project.scope(graph, viewer, name)).id
        else:
            project_id = await project.create(graph, viewer, limits, name, exists_ok=True)
        grants.append({"project_id": project_id, "scope": scope})
    now = instant.now()
    made = Made(id=str(TypeID(prefix="api_key")), secret=PREFIX + secrets.token_urlsafe(32))
    properties = {
        "id": made.id,
        "organization_id": viewer.organization_id,
        "user": user,
        "sha256": _sha256(made.secret),
        "scope": everywhere,
        "created_at": now,
        "created_by": viewer.user,
        "expires_at": lifetime and now + lifetime // timedelta(microseconds=1),
    }
    await graph.write(CREATE, properties=properties, grants=grants)
    return made


async def authenticate(graph: Reader, organization_id: str, secret: str | None) -> Viewer:
    """Who comes in by this secret; Unauthenticated where nobody does (any more).

    The graph is asked each time, so that a key which is revoked is so at once, on every worker.
    """
    if not secret:
        raise Unauthenticated("This service wants an API key, and the request has none")
    key = await graph.fetch_one(BY_SHA256, sha256=_sha256(secret))
    if key is None:
        raise Unauthenticated("There is no such API key")
    if ended := _ended(key):
        raise Unauthenticated(f"The API key {key.id} {ended}")
    return key.viewer(organization_id)


async def returning(graph: Reader, organization_id: str, id: str | None, *, keys: bool) -> Viewer:
    """Who came in by the key of this id, with its rights of now; KeyEnded where it has ended.

    None: who came without a key, which only lets them in where ``keys`` are not needed.
    """
    if id is None and not keys:
        return local(organization_id)
    key = id and await graph.fetch_one(BY_ID, id=id)
    if not key:
        raise KeyEnded("is not there")
    if ended := _ended(key):
        raise KeyEnded(ended)
    return key.viewer(organization_id)


def local(organization_id: str) -> Viewer:
    """Who comes where no keys are needed: they may do everything."""
    return Viewer(user="local", organization_id=organization_id)


async def every(graph: Reader, viewer: Viewer) -> list[ApiKey]:
    """All keys of the organization, the oldest first, those that have ended, too."""
    return await graph.fetch(OF_ORGANIZATION, organization_id=viewer.organization_id)


async def revoke(graph: Graph, viewer: Viewer, id: str) -> None:
    """End a key: the next request that brings it is refused. UnknownId for none."""
    scope = {"organization_id": viewer.organization_id, "id": id}
    if not await graph.write(REVOKE, **scope, now=instant.now()):
        raise UnknownId("API key", id)


class Ends:
    """Tells those who stay of the end of their keys: one statement for all keys of a process."""

    def __init__(self, graph: Reader) -> None:
        self._graph = graph
        self._ends = WeakValueDictionary[str, asyncio.Event]()
        """By the ids of keys, each as long as somebody holds it."""
        self._looking: asyncio.Task[None] | None = None

    def of(self, key: str) -> asyncio.Event:
        """What is set once the key lets nobody in any more, within a second of that."""
        end = self._ends.setdefault(key, asyncio.Event())
        if self._looking is None or self._looking.done():
            # It goes on when the request that began it has ended, whose deadline is in ours.
            self._looking = asyncio.create_task(self._look(), context=Context())
        return end

    async def close(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])

    async def _look(self) -> None:
        while self._ends:
            await asyncio.sleep(_PAUSE)
            try:
                await self._tell()
            except StoreUnavailable:
                pass
            except Exception:
                _log.exception("The keys cannot be read; trying again.")

    async def _tell(self) -> None:
        ids = list(self._ends)
        living = await self._graph.fetch(LIVING, ids=ids, now=instant.now())
        for id in {*ids} - {key.id for key in living}:
            if end := self._ends.get(id):
                end.set()


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def _ended(key: ApiKey) -> str | None:
    """When a key has ended, and how; None for one that lets somebody in."""
    if key.revoked_at is not None:
        return f"was revoked at {_told(key.revoked_at)}"
    if key.expires_at is not None and key.expires_at <= instant.of(instant.now()):
        return f"expired at {_told(key.expires_at)}"
    return None


def _told(at: instant.Instant) -> str:
    return at.isoformat(timespec="seconds")
