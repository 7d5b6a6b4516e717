"""``GET /lineage/stream`` over HTTP."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import suppress
from importlib import import_module
from typing import Any

import httpx
import pytest
from starlette.responses import Response
from starlette.types import Message, Send

from graph_api.blobs import BlobStore
from graph_api.errors import StoreUnavailable
from graph_api.graph import Graph, Query
from graph_api.models.viewer import Viewer
from graph_api.routes import lineage
from graph_api.services import api_key
from graph_api.settings import Limits, Settings
from tests.schema.conftest import Api, served
from tests.schema.test_lineage import chain
from tests.schema.test_queries import logged

pytestmark = pytest.mark.no_bytes

ipc: Any = import_module("pyarrow.ipc")

ARROW = "application/vnd.apache.arrow.stream"
UNKNOWN = "artifact_01h455vb4pex5vsknk084sn02q"


async def asked(http: httpx.AsyncClient, accept: str = "*/*", **parameters: Any) -> httpx.Response:
    return await http.get("/lineage/stream", params=parameters, headers={"accept": accept})


def rows(answer: httpx.Response) -> list[Any]:
    """The rows, and last of all the end."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def record_batches(content: bytes) -> list[Any]:
    """Those of an Arrow stream that has come to its end, with their metadata."""
    reader, batches = ipc.open_stream(content), list[Any]()
    with suppress(StopIteration):
        while True:
            batches.append(reader.read_next_batch_with_custom_metadata())
    return batches


async def test_nodes_come_by_depth_with_all_that_a_table_of_them_shows(api: Api) -> None:
    ids = await chain(api)

    *nodes, end = rows(await asked(api.http, root=ids["raw"], direction="DOWNSTREAM"))

    told = [(node["depth"], node["kind"], node["label"]) for node in nodes]
    assert told == [
        (0, "ARTIFACT", "raw:v0"),
        (1, "RUN", "cleaning"),
        (2, "ARTIFACT", "clean:v0"),
        (3, "RUN", "training"),
        (4, "ARTIFACT", "model:v0"),
    ]
    query = """query ($id: ID!) { artifact(id: $id) { createdAt createdBy }
      lineage(roots: [$id]) { asOf { seq at } } }"""
    data = await api.data(query, id=ids["clean"])
    shown = data["artifact"]
    assert nodes[2] == {
        "id": ids["clean"],
        "kind": "ARTIFACT",
        "label": "clean:v0",
        "depth": 2,
        "project": "digits",
        "name": "clean",
        "version": "v0",
        "type": "dataset",
        "state": "COMMITTED",
        "status": None,
        "createdAt": shown["createdAt"].replace("+00:00", "Z"),
        "createdBy": shown["createdBy"],
    }
    assert nodes[1]["status"] == "RUNNING"
    as_of = data["lineage"]["asOf"]
    because: list[str] = []
    wanted = {"asOf": as_of, "complete": True, "incompleteBecause": because, "hidden": because}
    assert end == {"end": wanted}


async def test_edges_kinds_depth_and_an_earlier_moment_can_be_asked_for(api: Api) -> None:
    ids = await chain(api)
    then = (await api.data(f'{{ lineage(roots: ["{ids["raw"]}"]) {{ asOf {{ seq at }} }} }}'))[
        "lineage"
    ]["asOf"]
    await api.mutate(
        "link", "... on LinkPayload { link { role } }", source=ids["raw"], target=ids["model"],
        role="teacher",
    )  # fmt: skip
    up: dict[str, Any] = {"root": ids["model"], "direction": "UPSTREAM", "rows": "EDGES"}

    *edges, end = rows(await asked(api.http, **up, depth=1))
    *linked, _ = rows(await asked(api.http, **up, edge="LINKED_TO", role="teacher"))
    *before, _ = rows(await asked(api.http, **up, edge="LINKED_TO", asOf=then["seq"]))
    *by_time, told = rows(await asked(api.http, **up, edge="LINKED_TO", asOf=then["at"]))
    *runs, _ = rows(await asked(api.http, root=ids["model"], direction="UPSTREAM", kind="RUN"))

    plain = {"reused": False, "via": None}
    link = {"source": ids["raw"], "target": ids["model"], "kind": "LINKED_TO", "role": "teacher"}
    log = {"source": ids["training"], "target": ids["model"], "kind": "LOGGED_BY", "role": None}
    assert sorted(edges, key=str) == sorted([link | plain, log | plain], key=str)
    assert (end["end"]["complete"], end["end"]["incompleteBecause"]) == (False, ["DEPTH"])
    assert linked == [link | plain]
    assert (before, by_time, told["end"]["asOf"]) == ([], [], then)
    assert [node["label"] for node in runs] == ["model:v0", "training", "cleaning"]


async def test_arrow_has_the_same_rows_and_its_last_batch_says_the_end(api: Api) -> None:
    ids = await chain(api)

    for what in ("NODES", "EDGES"):
        parameters = {"root": ids["raw"], "direction": "DOWNSTREAM", "rows": what}
        *lines, end = rows(await asked(api.http, **parameters))
        answer = await asked(api.http, ARROW, **parameters)
        assert answer.headers["content-type"] == ARROW
        batches = record_batches(answer.content)
        told = [row for batch in batches for row in batch.batch.to_pylist()]
        for row in told:
            if "createdAt" in row:
                row["createdAt"] = row["createdAt"].isoformat().replace("+00:00", "Z")
        assert told == lines
        assert batches[-1].batch.num_rows == 0
        assert {"end": json.loads(batches[-1].custom_metadata["end"])} == end


async def test_what_cannot_be_asked_has_a_status_and_says_what_can(api: Api) -> None:
    made = await logged(api, "data")
    asks: list[tuple[dict[str, Any], int, str, str]] = [
        ({}, 400, "BAD_USER_INPUT", "direction is ''; it is one of UPSTREAM, DOWNSTREAM."),
        ({"direction": "UPSTREAM"}, 400, "BAD_USER_INPUT", "roots is empty"),
        ({"direction": "BOTH"}, 400, "BAD_USER_INPUT", "direction is 'BOTH'"),
        ({"direction": ["UPSTREAM"] * 2}, 400, "BAD_USER_INPUT", "direction is given 2 times"),
        ({"limit": 3}, 400, "BAD_USER_INPUT", "limit is no parameter of a stream; these are: root"),
        ({"direction": "UPSTREAM", "depth": "-1"}, 400, "BAD_USER_INPUT", "depth is '-1'"),
        ({"direction": "UPSTREAM", "kind": "Run"}, 400, "BAD_USER_INPUT", "kind is 'Run'"),
        ({"direction": "UPSTREAM", "edge": "X"}, 400, "BAD_USER_INPUT", "edge is 'X'; it is one"),
        ({"direction": "UPSTREAM", "root": UNKNOWN}, 404, "NOT_FOUND", UNKNOWN),
        (
            {"direction": "UPSTREAM", "root": made["id"], "asOf": 10**9},
            400,
            "BAD_USER_INPUT",
            "seq",
        ),
        ({"direction": "UPSTREAM", "asOf": "now"}, 400, "BAD_USER_INPUT", "asOf is 'now'; it is"),
        (
            {"direction": "UPSTREAM", "asOf": "9999-01-01T00:00:00Z"},
            400,
            "BAD_USER_INPUT",
            "asOf is 9999-01-01T00:00:00+00:00, which is still to come",
        ),
    ]

    for parameters, status, code, says in asks:
        answer = await asked(api.http, **parameters)
        assert (answer.status_code, answer.json()["code"]) == (status, code), parameters
        assert says in answer.json()["message"]
    unwanted = await asked(api.http, "text/csv", root=made["id"], direction="UPSTREAM")
    assert (unwanted.status_code, unwanted.json()["code"]) == (406, "NOT_ACCEPTABLE")


async def test_so_many_at_once_and_a_place_is_free_again_once_one_ends(
    graph: Graph, neo4j: Settings, blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(neo4j.model_copy(update={"streams": 1}), graph, blobs) as api:
        ids = await chain(api)
        parameters = {"root": ids["raw"], "direction": "DOWNSTREAM"}
        fetch_one, goes_on, waits = graph.fetch_one, asyncio.Event(), asyncio.Event()

        async def slow(query: Query[Any], **more: Any) -> Any:
            if query.name == "lineage/downstream":
                waits.set()
                await goes_on.wait()
            return await fetch_one(query, **more)

        monkeypatch.setattr(graph, "fetch_one", slow)
        first = asyncio.create_task(asked(api.http, **parameters))
        await waits.wait()
        second = await asked(api.http, **parameters)
        # Who leaves in the midst of a walk is noticed.
        first.cancel()
        await asyncio.wait([first])
        goes_on.set()
        first = asyncio.create_task(asked(api.http, **parameters))

        assert len(rows(await first)) == 6
        assert (second.status_code, second.json()["code"]) == (503, "TOO_BUSY")
        assert second.headers["retry-after"] == "1"
        assert "1 lineage answers are streamed" in second.json()["message"]
        assert len(rows(await asked(api.http, **parameters))) == 6


async def test_whoever_comes_by_a_key_is_told_what_they_may_see(
    graph: Graph, neo4j: Settings, blobs: BlobStore, viewer: Viewer
) -> None:
    async with served(neo4j, graph, blobs) as api:
        ids = await chain(api)
        await api.mutate("createProject", "... on ProjectPayload { project { id } }", name="other")
    async with served(neo4j.model_copy(update={"keys": True}), graph, blobs) as api:
        for project, status in (("digits", 200), ("other", 404)):
            key = await api_key.create(graph, viewer, Limits(), "grace", projects={project: "read"})
            api.http.headers["authorization"] = f"Bearer {key.secret}"
            answer = await asked(api.http, root=ids["raw"], direction="DOWNSTREAM")
            assert (answer.status_code, ids["clean"] in answer.text) == (status, status == 200)
        del api.http.headers["authorization"]
        unknown = await asked(api.http, root=ids["raw"], direction="DOWNSTREAM")
        assert (unknown.status_code, unknown.json()["code"]) == (401, "UNAUTHENTICATED")


async def test_what_goes_wrong_after_the_first_row_is_said_last(
    graph: Graph, neo4j: Settings, blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(neo4j, graph, blobs) as api:
        ids = await chain(api)
        fetch_one = graph.fetch_one

        async def away(query: Query[Any], **more: Any) -> Any:
            if query.name == "lineage/downstream" and ids["clean"] in more["ids"]:
                raise StoreUnavailable("graph")
            return await fetch_one(query, **more)

        monkeypatch.setattr(graph, "fetch_one", away)
        parameters = {"root": ids["raw"], "direction": "DOWNSTREAM"}
        *nodes, last = rows(await asked(api.http, **parameters))
        cut = await asked(api.http, ARROW, **parameters)

    assert [node["label"] for node in nodes] == ["raw:v0", "cleaning", "clean:v0"]
    assert last["error"]["code"] == "UNAVAILABLE"
    told = record_batches(cut.content)
    assert sum(batch.batch.num_rows for batch in told) == 3
    assert all(batch.custom_metadata is None for batch in told)


async def test_while_there_is_nothing_to_say_something_is_said(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph_api.routes.lineage._SILENT", 0.0)
    ids = await chain(api)
    parameters = {"root": ids["raw"], "direction": "DOWNSTREAM", "kind": "MODEL"}

    lines = (await asked(api.http, **parameters)).text.splitlines()
    batches = record_batches((await asked(api.http, ARROW, **parameters)).content)

    assert [json.loads(line).get("label", "end") for line in filter(None, lines)] == [
        "raw:v0",
        "end",
    ]
    assert lines.count("") == 5
    assert [batch.batch.num_rows for batch in batches] == [1, 0, 0, 0, 0, 0, 0]


async def answered(answer: Response, send: Send) -> None:
    """Have an answer sent to one who stays."""
    stays = asyncio.Event()

    async def receive() -> Message:
        await stays.wait()
        return {"type": "http.disconnect"}

    await asyncio.wait_for(answer({"type": "http", "asgi": {}}, receive, send), 10)


@pytest.mark.parametrize("how", ["nobody reads", "its key ends"])
async def test_an_answer_breaks_off_when(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = asyncio.Event()
    came: list[Message] = []

    async def parts() -> AsyncGenerator[bytes]:
        for _ in range(2):
            yield b"{}\n"
        await asyncio.Event().wait()

    async def send(message: Message) -> None:
        came.append(message)
        if len(came) == 2 and how == "nobody reads":
            await asyncio.Event().wait()
        if len(came) == 3:
            ended.set()

    monkeypatch.setattr(lineage, "STALLED", 0.1)
    await answered(lineage.Lasting(parts(), "application/x-ndjson", ended), send)

    assert [it.get("body") for it in came] == [None, b"{}\n", b"{}\n"][: 2 + ended.is_set()]
    # It is not ended as one that is whole.
    assert all(it.get("more_body", True) for it in came)
