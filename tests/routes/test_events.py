"""Events of what changes because something else does."""

import asyncio

import pytest

import graph_api as ga
from tests.client.drafts import draft
from tests.routes.test_subscriptions import acknowledged, opened
from tests.service import Service

pytestmark = pytest.mark.no_bytes

CHANGED = """subscription ($ids: [ID!]!) { entityChanged(ids: $ids) {
  change { what } entities { id ... on Artifact { aliases } } } }"""
ADD = """mutation ($i: AliasesInput!) { addAliases(input: $i) { __typename } }"""


async def test_a_version_that_loses_its_alias_to_another_is_told_of(
    service: Service, client: ga.Client
) -> None:
    def log(content: bytes, *aliases: str) -> str:
        return client.log_artifact(draft("data", {"a": content}), aliases=aliases).id

    one = await asyncio.to_thread(log, b"1", "best")
    two = await asyncio.to_thread(log, b"2")
    async with opened(service) as old, opened(service) as both:
        for socket, ids in ((old, [one]), (both, [one, two])):
            await acknowledged(socket)
            await socket.subscribe("a", CHANGED, ids=ids)
            await socket.settled()
        given = {"i": {"artifact": two, "aliases": ["best"]}}
        await asyncio.to_thread(client.execute, ADD, given)
        moved = [(await socket.next())["entityChanged"] for socket in (old, both)]
        await asyncio.to_thread(log, b"3", "best")
        taken = (await both.next())["entityChanged"]
        # The old version had it no more: nothing but this is told of it next.
        await asyncio.to_thread(client.execute, ADD, {"i": {"artifact": one, "aliases": ["x"]}})
        last = [(await socket.next())["entityChanged"] for socket in (old, both)]

    nothing: list[str] = []
    was, now = {"id": one, "aliases": nothing}, {"id": two, "aliases": ["best", "latest"]}
    added = {"what": "Aliases added: best"}
    assert moved == [
        {"change": added, "entities": [was]},
        {"change": added, "entities": [now, was]},
    ]
    assert taken == {
        "change": {"what": "Artifact committed"},
        "entities": [{"id": two, "aliases": nothing}],
    }
    assert (
        last
        == [
            {
                "change": {"what": "Aliases added: x"},
                "entities": [{"id": one, "aliases": ["x"]}],
            }
        ]
        * 2
    )


LINEAGE = """subscription ($of: ID!, $direction: Direction!) {
  lineageChanged(id: $of, direction: $direction) { change { what } entities { id } } }"""


async def test_whatever_flows_into_an_entity_is_told_from_the_moment_that_it_does(
    service: Service, client: ga.Client
) -> None:
    raw = await asyncio.to_thread(lambda: client.log_artifact(draft("raw", {"a": b"1"})))
    async with opened(service) as down, opened(service) as up:
        for socket, direction in ((down, "DOWNSTREAM"), (up, "UPSTREAM")):
            await acknowledged(socket)
            await socket.subscribe("a", LINEAGE, of=raw.id, direction=direction)
            await socket.settled()

        def work() -> str:
            other = client.start_run()
            run = client.start_run(used=[raw])
            other.complete()
            run.complete()
            return run.id

        run = await asyncio.to_thread(work)
        told = [(await down.next())["lineageChanged"] for _ in range(2)]
        above = (await up.next())["lineageChanged"]
        refused = [await down.outcome(LINEAGE, of=id, direction="BOTH") for id in ("run_none", "")]

    used = {"change": {"what": "Run started"}, "entities": [{"id": run}, {"id": raw.id}]}
    assert told == [used, {"change": {"what": "Run COMPLETED"}, "entities": [{"id": run}]}]
    assert above == {"change": {"what": "Run started"}, "entities": [{"id": raw.id}]}
    assert refused == ["NOT_FOUND"] * 2
