"""A lineage row by row, from a real service."""

from collections.abc import Iterator
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

import graph_api as ga
from graph_api import Client, LineageNode
from graph_api.client.errors import Refused, Unreachable
from graph_api.client.lineage import stream
from tests.client.drafts import draft
from tests.service import Service, serving

ARROW = "application/vnd.apache.arrow.stream"

pytestmark = pytest.mark.no_bytes


@pytest.fixture
def chain(client: Client) -> list[str]:
    """The ids of data, of the run that used it, and of the model that this logged."""
    data = client.log_artifact(draft("data", {"a": b"1"}))
    with client.start_run(name="train", used=[data]) as run:
        model = run.log_artifact(draft("model", {"m": b"2"}))
    return [data.id, run.id, model.id]


def test_rows_come_as_the_answer_in_one_has_them(client: Client, chain: list[str]) -> None:
    nodes = client.lineage_nodes("data:v0", direction="DOWNSTREAM")
    edges = client.lineage_edges(chain[2], direction="UPSTREAM")
    whole = client.artifact("data:v0").downstream()

    assert list(nodes) == list(whole.nodes)
    assert [node.id for node in nodes] == chain
    assert sorted(map(str, edges)) == sorted(map(str, whole.edges))
    assert (nodes.complete, nodes.incomplete_because, nodes.hidden) == (True, (), ())
    assert (nodes.seq, nodes.at) == (whole.seq, whole.at)
    near = client.lineage_nodes(*chain[:1], direction="DOWNSTREAM", depth=1, kinds=["ARTIFACT"])
    assert [node.label for node in near] == ["data:v0"]
    assert (near.complete, near.incomplete_because) == (False, ("DEPTH",))


def test_an_earlier_moment_is_a_seq_or_a_time(client: Client, chain: list[str]) -> None:
    then = client.lineage(chain[0], direction="DOWNSTREAM")
    client.start_run(used=[chain[2]]).complete()
    there = then.at.astimezone(timezone(timedelta(hours=5)))

    assert client.lineage(chain[0], direction="DOWNSTREAM") != then
    for as_of in (then.seq, then.at, there):
        assert client.lineage(chain[0], direction="DOWNSTREAM", as_of=as_of) == then
        nodes = client.lineage_nodes(chain[0], direction="DOWNSTREAM", as_of=as_of)
        assert ([node.id for node in nodes], nodes.seq) == (chain, then.seq)
        edges = client.lineage_edges(chain[0], direction="DOWNSTREAM", as_of=as_of)
        assert len(list(edges)) == len(then.edges)
    with pytest.raises(ga.BadArgument, match="in no time zone"):
        client.lineage(chain[0], as_of=then.at.replace(tzinfo=None))
    with pytest.raises(Refused, match="still to come") as refused:
        client.lineage(chain[0], as_of=then.at + timedelta(days=1))
    assert refused.value.code == "BAD_USER_INPUT"


def test_a_stream_is_a_table_too_whether_or_not_the_service_has_arrow(
    client: Client, chain: list[str], service: Service, tmp_path: Path
) -> None:
    neo4j = {name: it for name, it in service.environment.items() if "NEO4J" in name}
    tables: list[list[Any]] = []
    # What the tests start finds no pyarrow, unless it is let.
    with serving(tmp_path, "folder", {**neo4j, "PYTHONPATH": ""}) as other:
        for url in (service.url, other.url):
            with Client(url, project=client.project) as asked:
                media_types = [
                    asked.api.http.get(
                        f"{url}/lineage/stream",
                        params={"root": chain[0], "direction": "UPSTREAM"},
                        headers={"accept": f"{ARROW}, application/x-ndjson;q=0.5"},
                    ).headers["content-type"]
                ]
                nodes = asked.lineage_nodes(chain[0], direction="DOWNSTREAM")
                edges = asked.lineage_edges(chain[0], direction="DOWNSTREAM")
                none = asked.lineage_edges(chain[0], direction="UPSTREAM")
                tables.append([nodes.to_arrow(), edges.to_arrow(), none.to_arrow(), media_types])
                assert nodes.complete
                assert edges.to_pandas().shape == (2, 6)

    lines, arrow = tables
    assert (lines.pop(), arrow.pop()) == (["application/x-ndjson"], [ARROW])
    for one, other in zip(lines, arrow, strict=True):
        assert one.equals(other)
    assert [(row["id"], row["depth"], row["name"]) for row in arrow[0].to_pylist()] == [
        (chain[0], 0, "data"),
        (chain[1], 1, "train"),
        (chain[2], 2, "model"),
    ]
    assert [row["kind"] for row in arrow[1].to_pylist()] == ["USED_BY", "LOGGED_BY"]
    assert arrow[2].num_rows == 0


def test_what_cannot_be_told_is_an_error(
    client: Client, chain: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ga.NotFound, match="artifact_01h455vb4pex5vsknk084sn02q"):
        list(client.lineage_nodes("artifact_01h455vb4pex5vsknk084sn02q", direction="UPSTREAM"))
    with pytest.raises(Refused, match="kind is 'RUNS'; it is one of"):
        list(client.lineage_nodes(chain[0], direction="UPSTREAM", kinds=["RUNS"]))
    nodes = client.lineage_nodes(chain[0], direction="DOWNSTREAM")
    with pytest.raises(RuntimeError, match="read its rows first"):
        print(nodes.complete)

    lines = stream._lines  # pyright: ignore[reportPrivateUsage]  # what the network would do

    def cut(answer: object) -> Iterator[bytes]:
        yield from list(lines(answer))[:2]  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(stream, "_lines", cut)
    came: list[LineageNode] = []

    def read() -> None:
        for node in nodes:
            came.append(node)

    with pytest.raises(Unreachable, match="the answer broke off"):
        read()
    assert [node.id for node in came] == chain[:2]


def test_offline_there_is_no_stream(tmp_path: Path) -> None:
    client = Client(offline=tmp_path, project="digits")

    with pytest.raises(ga.Offline, match="Only the service can answer this"):
        list(client.lineage_nodes("artifact_01h455vb4pex5vsknk084sn02q", direction="UPSTREAM"))
