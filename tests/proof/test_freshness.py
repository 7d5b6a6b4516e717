"""What one worker has written, the other reads; what readers page through stands still."""

import asyncio
import random
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.environment import environment
from tests.proof.conftest import Api

PAIRS = 10_000 if environment.deep else 300
SECONDS = 60 if environment.deep else 5

# Whichever holds the bytes: these read the graph alone.
pytestmark = pytest.mark.parametrize("service", ["folder"], indirect=True)

Pair = Callable[[Api, Api, int], Awaitable[tuple[Any, Any]]]
"""Writes through one worker and reads through the other: what it read, and what it wrote."""


class Written:
    """Two versions of one name, a run and a model to write to."""

    def __init__(self, project: str, versions: list[str], run: str) -> None:
        self.project = project
        self.versions = versions
        self.run = run

    async def creation(self, writer: Api, reader: Api, number: int) -> tuple[Any, Any]:
        input = {"project": self.project, "name": f"m{number}"}
        made = await writer.mutate(
            "createModel", "... on ModelPayload { model { id name } }", input
        )
        query = "query ($id: ID!) { model(id: $id) { id name } }"
        return (await reader.data(query, id=made["model"]["id"]))["model"], made["model"]

    async def alias(self, writer: Api, reader: Api, number: int) -> tuple[Any, Any]:
        id = self.versions[number % 2]
        input = {"artifact": id, "aliases": ["best"]}
        await writer.mutate("addAliases", "... on ArtifactPayload { artifact { id } }", input)
        query = """query ($p: String!) {
          artifact(project: $p, name: "data", version: "best") { id aliases } }"""
        found = (await reader.data(query, p=self.project))["artifact"]
        return (found["id"], "best" in found["aliases"]), (id, True)

    async def link(self, writer: Api, reader: Api, number: int) -> tuple[Any, Any]:
        source, target = self.versions
        input = {"source": source, "target": target, "role": f"role {number:06}"}
        await writer.mutate("link", "... on LinkPayload { link { role } }", input)
        query = """query ($id: ID!, $role: String!) { lineage(
          roots: [$id], direction: DOWNSTREAM, where: {roles: [$role]}) { edges { role } } }"""
        found = await reader.data(query, id=source, role=input["role"])
        return found["lineage"]["edges"], [{"role": input["role"]}]

    async def metric(self, writer: Api, reader: Api, number: int) -> tuple[Any, Any]:
        input = {"run": self.run, "points": [{"key": "loss", "value": number}]}
        await writer.mutate("logMetrics", "... on RunPayload { run { id } }", input)
        query = """query ($id: ID!) { run(id: $id) { metrics { key last count } } }"""
        (found,) = (await reader.data(query, id=self.run))["run"]["metrics"]
        return found["last"], number

    async def status(self, writer: Api, reader: Api, number: int) -> tuple[Any, Any]:
        key = f"status {number // 2}"
        started = {"project": self.project, "key": key, "resume": True}
        payload = "... on RunPayload { run { id status } }"
        run = (await writer.mutate("startRun", payload, started))["run"]
        if number % 2:
            finished = {"run": run["id"], "status": "FAILED", "reason": f"{number}"}
            run = (await writer.mutate("finishRun", payload, finished))["run"]
        query = """query ($p: String!, $key: String!) {
          run(project: $p, key: $key) { id status } }"""
        return (await reader.data(query, p=self.project, key=key))["run"], run

    async def tags(self, writer: Api, reader: Api, number: int) -> tuple[Any, Any]:
        id, tag = self.versions[0], "even" if number % 2 else "odd"
        other = {"even": "odd", "odd": "even"}[tag]
        input = {"id": id, "addTags": [tag], "removeTags": [other]}
        await writer.mutate("updateArtifact", "... on ArtifactPayload { artifact { id } }", input)
        query = "query ($id: ID!) { artifact(id: $id) { tags } }"
        return (await reader.data(query, id=id))["artifact"]["tags"], [tag]


KINDS = ("creation", "alias", "link", "metric", "status", "tags")


async def version(api: Api, project: str, content: str, run: str | None = None) -> str:
    """A version of the name ``data``; its id."""
    files = [{"path": "a", "reference": f"s3://bucket/{content}"}]
    new = {"project": project, "name": "data", "type": "dataset", "run": run, "files": files}
    payload = "... on CommitPayload { artifact { id } }"
    return (await api.mutate("logArtifact", payload, new))["artifact"]["id"]


async def run(api: Api, project: str, *used: str) -> str:
    """A run; its id."""
    new = {"project": project, "used": list(used)}
    return (await api.mutate("startRun", "... on RunPayload { run { id } }", new))["run"]["id"]


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_written_is_read_through_the_other_worker(apis: list[Api], kind: str) -> None:
    project = f"proof-{secrets.token_hex(6)}"
    versions = [await version(apis[0], project, content) for content in "ab"]
    pair: Pair = getattr(Written(project, versions, await run(apis[0], project)), kind)
    stale: list[tuple[int, Any, Any]] = []

    for number in range(PAIRS // len(KINDS)):
        read, written = await pair(apis[number % 2], apis[1 - number % 2], number)
        if read != written:
            stale.append((number, read, written))

    assert stale == []


ONE = """query ($root: ID!, $seq: AsOf, $first: Int, $after: String) {
  lineage(roots: [$root], direction: DOWNSTREAM, asOf: $seq) {
    asOf { seq } complete nodeCount edges { source target kind role }
    nodes(first: $first, after: $after) {
      nodes { id } pageInfo { hasNextPage endCursor } } } }"""


async def pages(
    apis: list[Api], root: str, seq: int | None, first: int
) -> tuple[int, list[str], list[str]]:
    """A lineage in pages, each from another worker: its seq, its nodes, its edges."""
    ids: list[str] = []
    after, edges, number = None, None, 0
    while True:
        answer = await apis[number % 2].data(ONE, root=root, seq=seq, first=first, after=after)
        found = answer["lineage"]
        assert found["complete"]
        ids += [node["id"] for node in found["nodes"]["nodes"]]
        said = sorted(map(str, found["edges"]))
        assert edges is None or said == edges
        seq, edges, number = found["asOf"]["seq"], said, number + 1
        if not found["nodes"]["pageInfo"]["hasNextPage"]:
            assert len(ids) == found["nodeCount"]
            assert seq is not None
            return seq, ids, edges
        after = found["nodes"]["pageInfo"]["endCursor"]


async def grow(api: Api, project: str, root: str, chance: random.Random) -> None:
    """Runs that use what there is, and log more, without end."""
    known = [root]
    while True:
        id = await run(api, project, *set(chance.choices(known, k=2)))
        made = [
            await version(api, project, secrets.token_hex(8), id)
            for _ in range(chance.randint(1, 3))
        ]
        known += [id, *made]


async def test_pages_of_a_lineage_beside_writers_are_those_of_one_moment(apis: list[Api]) -> None:
    project, chance = f"proof-{secrets.token_hex(6)}", random.Random(1)
    root = await version(apis[0], project, "root")
    walks: list[tuple[int, list[str], list[str]]] = []

    growing = [asyncio.create_task(grow(api, project, root, chance)) for api in apis]
    began = time.monotonic()
    while time.monotonic() < began + SECONDS or len({walk[0] for walk in walks}) < 10:
        walks.append(await pages(apis, root, None, chance.randint(2, 10)))
    assert [task.done() for task in growing] == [False, False]
    for task in growing:
        task.cancel()
    await asyncio.wait(growing)

    for seq, ids, edges in walks:
        assert len(ids) == len(set(ids))
        assert await pages(apis, root, seq, 1000) == (seq, ids, edges)
    assert len({len(ids) for _, ids, _ in walks}) > 1
    print(f"{len(walks)} walks, up to {max(len(ids) for _, ids, _ in walks)} entities")
