"""API keys: what lets a request in, and what does not."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from graph_api.errors import (
    BadInput,
    BadName,
    Forbidden,
    StoreUnavailable,
    Unauthenticated,
    UnknownId,
    UnknownName,
)
from graph_api.graph import Graph, Query
from graph_api.graph.query import Row
from graph_api.models.viewer import Scope, Viewer
from graph_api.services import api_key, project
from graph_api.settings import Limits
from tests.services.world import World

pytestmark = pytest.mark.no_bytes

LIMITS = Limits()


class Stored(BaseModel, frozen=True):
    """All that the graph holds, as text."""

    text: str


ALL = Query(
    "tests/all",
    """
    MATCH (n) UNWIND keys(n) AS key
    WITH collect(key + ' ' + toString(coalesce(n[key], ''))) AS found
    RETURN reduce(all = '', one IN found | all + one + '\n') AS text
    """,
    Stored,
)


async def come(graph: Graph, viewer: Viewer, secret: str | None) -> Viewer:
    return await api_key.authenticate(graph, viewer.organization_id, secret)


async def test_a_key_lets_its_user_in_with_its_scopes(graph: Graph, viewer: Viewer) -> None:
    ids = {
        name: await project.create(graph, viewer, LIMITS, name)
        for name in ("read", "write", "admin", "none")
    }

    made = await api_key.create(
        graph,
        viewer,
        LIMITS,
        "grace",
        projects={"read": "read", "write": "write", "admin": "admin"},
    )
    found = await come(graph, viewer, made.secret)

    assert (found.user, found.organization_id) == ("grace", viewer.organization_id)
    assert set(found.projects or ()) == {ids["read"], ids["write"], ids["admin"]}
    assert set(found.writable or ()) == {ids["write"], ids["admin"]}
    assert found.administered == (ids["admin"],)
    found.require("write", ids["write"])
    found.require("admin", ids["admin"])
    with pytest.raises(Forbidden, match=ids["read"]):
        found.require("write", ids["read"])
    with pytest.raises(Forbidden, match="'admin'"):
        found.require("admin", ids["write"])
    with pytest.raises(Forbidden):
        found.require("write", ids["none"])
    with pytest.raises(Forbidden, match="the organization, where projects are made"):
        found.require("write", None)


@pytest.mark.parametrize(
    ("everywhere", "readable", "writable", "administered"),
    [("read", None, (), ()), ("write", None, None, ()), ("admin", None, None, None)],
)
async def test_a_scope_everywhere_holds_for_projects_that_are_made_later(
    graph: Graph,
    viewer: Viewer,
    everywhere: Scope,
    readable: None,
    writable: tuple[str, ...] | None,
    administered: tuple[str, ...] | None,
) -> None:
    made = await api_key.create(graph, viewer, LIMITS, "grace", everywhere=everywhere)

    found = await come(graph, viewer, made.secret)

    assert (found.projects, found.writable, found.administered) == (
        readable,
        writable,
        administered,
    )


async def test_one_that_reads_everywhere_may_write_to_one_project(
    graph: Graph, viewer: Viewer
) -> None:
    made = await api_key.create(
        graph, viewer, LIMITS, "grace", everywhere="read", projects={"hers": "write"}
    )

    found = await come(graph, viewer, made.secret)

    hers = await project.scope(graph, found, "hers")
    assert (found.projects, found.writable) == (None, (hers.id,))
    assert found.administered == ()


async def test_of_a_secret_only_the_hash_is_kept(graph: Graph, viewer: Viewer) -> None:
    secrets = {
        (await api_key.create(graph, viewer, LIMITS, "grace", everywhere="read")).secret
        for _ in range(3)
    }
    (stored,) = await graph.fetch(ALL)

    assert len(secrets) == 3
    for secret in secrets:
        # 43 signs of 6 bits hold 256 random ones.
        assert re.fullmatch(r"graph-api_[A-Za-z0-9_-]{43}", secret)
        assert secret[10:] not in stored.text
        assert len(re.findall(r"sha256 [0-9a-f]{64}\n", stored.text)) == 3


@pytest.mark.parametrize("secret", [None, "", "graph-api_", "x" * 100_000, "ключ"])
async def test_nothing_else_lets_anyone_in(
    graph: Graph, viewer: Viewer, secret: str | None
) -> None:
    await api_key.create(graph, viewer, LIMITS, "grace", everywhere="admin")

    with pytest.raises(Unauthenticated):
        await come(graph, viewer, secret)


async def test_a_key_is_good_until_it_expires(graph: Graph, viewer: Viewer) -> None:
    made = await api_key.create(
        graph, viewer, LIMITS, "a", everywhere="read", lifetime=timedelta(hours=1)
    )
    gone = await api_key.create(
        graph, viewer, LIMITS, "b", everywhere="read", lifetime=timedelta(microseconds=1)
    )

    assert (await come(graph, viewer, made.secret)).user == "a"
    with pytest.raises(Unauthenticated, match=f"{gone.id} expired at 20"):
        await come(graph, viewer, gone.secret)
    first, _ = await api_key.every(graph, viewer)
    assert first.expires_at == first.created_at + timedelta(hours=1)


async def test_a_revoked_key_lets_nobody_in_and_others_do(graph: Graph, viewer: Viewer) -> None:
    made = await api_key.create(graph, viewer, LIMITS, "grace", everywhere="read")
    other = await api_key.create(graph, viewer, LIMITS, "grace", everywhere="read")

    await api_key.revoke(graph, viewer, made.id)
    await api_key.revoke(graph, viewer, made.id)

    with pytest.raises(Unauthenticated, match=f"{made.id} was revoked at 20"):
        await come(graph, viewer, made.secret)
    assert (await come(graph, viewer, other.secret)).user == "grace"
    revoked, living = await api_key.every(graph, viewer)
    assert (revoked.id, living.id, living.revoked_at) == (made.id, other.id, None)
    assert revoked.revoked_at is not None
    assert revoked.revoked_at <= datetime.now(UTC)
    with pytest.raises(UnknownId):
        await api_key.revoke(graph, viewer, "api_key_none")


async def test_a_key_that_means_nothing_is_not_made(world: World) -> None:
    graph, viewer = world.graph, world.viewer

    with pytest.raises(BadInput, match="would grant nothing"):
        await api_key.create(graph, viewer, LIMITS, "grace")
    with pytest.raises(BadInput, match="give it some time"):
        await api_key.create(
            graph, viewer, LIMITS, "grace", everywhere="read", lifetime=timedelta()
        )
    with pytest.raises(BadName):
        await api_key.create(graph, viewer, LIMITS, " ", everywhere="read")
    with pytest.raises(UnknownName, match="typo"):
        await api_key.create(graph, viewer, LIMITS, "grace", projects={"typo": "read"})

    assert await api_key.every(graph, viewer) == []


class Counting(Graph):
    """The graph, and the ids of the keys that it was asked for."""

    def __init__(self, graph: Graph) -> None:
        self.graph, self.asked = graph, list[list[str]]()

    async def fetch(self, query: Query[Row], **parameters: Any) -> list[Row]:
        self.asked.append(sorted(parameters["ids"]))
        return await self.graph.fetch(query, **parameters)


class Away(Counting):
    """The graph, which does not answer twice, once for a reason that nobody foresaw."""

    async def fetch(self, query: Query[Row], **parameters: Any) -> list[Row]:
        await super().fetch(query, **parameters)
        if len(self.asked) < 3:
            raise (StoreUnavailable("graph"), ValueError)[len(self.asked) - 1]
        return await self.graph.fetch(query, **parameters)


async def test_one_look_tells_all_who_stay_of_the_ends_of_their_keys(
    graph: Graph, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_key, "_PAUSE", 0.01)
    lives = (None, None, timedelta(seconds=1))
    keys = [
        (await api_key.create(graph, viewer, LIMITS, "a", everywhere="read", lifetime=life)).id
        for life in lives
    ]
    counting = Counting(graph)
    ends = api_key.Ends(counting)
    held = {key: [ends.of(key) for _ in range(100)] for key in keys}

    await api_key.revoke(graph, viewer, keys[1])
    async with asyncio.timeout(20):
        await asyncio.gather(*(end.wait() for key in keys[1:] for end in held[key]))

    assert [end.is_set() for end in held[keys[0]]] == [False] * 100
    assert {tuple(ids) for ids in counting.asked} == {tuple(sorted(keys))}
    # Who has gone is asked for no more, and where nobody is left nothing is.
    del held[keys[1]], held[keys[2]]
    await asyncio.sleep(0.2)
    assert counting.asked[-1] == keys[:1]
    held.clear()
    await asyncio.sleep(0.2)
    done = len(counting.asked)
    await asyncio.sleep(0.2)
    assert len(counting.asked) == done
    await ends.close()


async def test_the_ends_of_keys_are_told_after_the_graph_was_away(
    graph: Graph, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_key, "_PAUSE", 0.01)
    made = await api_key.create(graph, viewer, LIMITS, "a", everywhere="read")
    ends = api_key.Ends(Away(graph))
    end = ends.of(made.id)

    await api_key.revoke(graph, viewer, made.id)
    async with asyncio.timeout(20):
        await end.wait()
    await ends.close()
