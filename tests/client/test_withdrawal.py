"""Withdrawals through the client: the report is what a brute-force closure says."""

import json
from pathlib import Path
from typing import Any

import networkx
import pytest

import graph_api as ga
from graph_api import Client
from graph_api.client.errors import Refused
from tests.client.drafts import draft

_nx: Any = networkx
pytestmark = pytest.mark.no_bytes


def derived(client: Client, name: str, *used: ga.Artifact) -> ga.Artifact:
    with client.start_run(name=f"make {name}", used=[*used]) as run:
        return run.log_artifact(draft(name, {"own": name.encode()}))


def test_a_recall_lists_all_that_came_of_it_with_its_way(client: Client, tmp_path: Path) -> None:
    raw = client.log_artifact(draft("raw", {"a": b"1"}))
    clean = derived(client, "clean", raw)
    model, report = derived(client, "model", clean), derived(client, "report", clean)
    best = derived(client, "best", model, report)
    derived(client, "other", client.log_artifact(draft("fine", {"a": b"2"})))

    with pytest.raises(Refused) as refused:
        raw.recall()
    raw.withdraw("Two labels were swapped.")
    model.clear("It never saw these.", raw)
    recall = raw.recall()

    graph = raw.downstream().to_networkx()
    graph.remove_node(model.id)
    truth: set[str] = _nx.descendants(graph, raw.id)
    assert {it.id for it in recall.tainted} == truth
    assert best.id in truth
    for each in recall.tainted:
        assert (each.path[0], each.path[-1]) == (raw.id, each.id)
        assert len(each.path) - 1 == _nx.shortest_path_length(graph, raw.id, each.id)
    assert (recall.complete, recall.reason) == (True, "Two labels were swapped.")
    assert [(it.id, it.reason) for it in recall.clearances] == [(model.id, "It never saw these.")]
    saved = json.loads(recall.save(tmp_path / "recall.json").read_text())
    assert saved == json.loads(json.dumps(recall.to_dict()))
    assert saved["asOf"]["seq"] == recall.lineage.seq
    assert refused.value.code == "NOT_WITHDRAWN"
    assert [taint.path[0] for taint in best.taints()] == [raw.id]
    assert model.taints() == []


def test_a_promotion_of_what_is_tainted_raises_with_the_way(client: Client) -> None:
    raw = client.log_artifact(draft("raw", {"a": b"1"}))
    model = derived(client, "model", raw)
    raw.withdraw("Two labels were swapped.")

    with pytest.raises(ga.Tainted, match="Two labels were swapped") as refused:
        client.register_model("svm", model, stage="PRODUCTION")
    raw.clear("They were not.")
    client.register_model("svm", model, stage="PRODUCTION")

    assert (refused.value.path[0], refused.value.path[-1]) == (raw.id, model.id)


def test_paths_come_one_by_one_with_the_names_on_them(client: Client) -> None:
    raw = client.log_artifact(draft("raw", {"a": b"1"}))
    model = derived(client, "model", raw)
    model.link("teacher", raw)

    direct, through = client.lineage_paths("raw:v0", model)

    assert (str(direct), str(through)) == ("raw:v0 → model:v0", "raw:v0 → make model → model:v0")
    assert [edge.role for edge in direct.steps[0].edges] == ["teacher"]
    assert [node.depth for node in through.nodes] == [0, 1, 2]
    assert list(client.lineage_paths(model, raw)) == []
