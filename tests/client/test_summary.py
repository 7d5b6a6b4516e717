"""Summaries of a lineage through the client."""

from importlib import import_module

import pytest

import graph_api as ga
from graph_api import Client, LineageGroupEdge
from graph_api.client.errors import Refused
from tests.client.drafts import draft

pytestmark = pytest.mark.no_bytes


@pytest.fixture
def raw(client: Client) -> ga.Artifact:
    """What three runs made three versions of a model of."""
    data = client.log_artifact(draft("raw", {"a": b"1"}))
    for number in range(3):
        with client.start_run(name=f"train {number}", used=[data]) as run:
            run.log_artifact(draft("svm", {"m": b"%d" % number}))
    return data


def test_a_summary_counts_and_draws_together_what_the_lineage_holds(
    client: Client, raw: ga.Artifact, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = client.lineage(raw, direction="DOWNSTREAM")
    plain = client.lineage_summary("raw:v0", direction="DOWNSTREAM")
    drawn = client.lineage_summary(raw, direction="DOWNSTREAM", collapse_by="COLLECTION")
    monkeypatch.setattr(import_module("graph_api.client.lineage.summary"), "PAGE", 1)
    paged = client.lineage_summary(raw, direction="DOWNSTREAM", collapse_by="COLLECTION")

    assert (plain.seq, plain.at, plain.complete) == (whole.seq, whole.at, True)
    assert plain.node_count == len(whole.nodes) == 7
    assert plain.counts == {0: {"ARTIFACT": 1}, 1: {"RUN": 3}, 2: {"ARTIFACT": 3}}
    assert plain.edge_counts == {("USED_BY", None): 3, ("LOGGED_BY", None): 3}
    assert (plain.groups, plain.edges) == ((), ())
    data, runs, svms = drawn.groups
    assert (data.label, data.count, data.has_root, data.example) == ("raw", 1, True, raw.id)
    assert (runs.label, runs.kind, runs.count, runs.entity) == ("train 0", "RUN", 3, None)
    assert (svms.entity, svms.min_depth, svms.max_depth) == (client.collection("svm").id, 2, 2)
    assert drawn.edges == (
        LineageGroupEdge(data.key, runs.key, "USED_BY", None, 3),
        LineageGroupEdge(runs.key, svms.key, "LOGGED_BY", None, 3),
    )
    assert paged == drawn


def test_a_summary_is_a_tree_and_a_picture_of_its_groups(client: Client, raw: ga.Artifact) -> None:
    drawn = client.lineage_summary(raw, direction="DOWNSTREAM", collapse_by="COLLECTION")
    cut = client.lineage_summary(raw, direction="DOWNSTREAM", depth=1, collapse_by="TYPE")

    assert [line.rstrip() for line in str(drawn).splitlines()] == [
        "■ raw",
        "└── ▶ train 0 (3)  run",
        "    └── ■ svm (3)",
    ]
    assert str(cut).splitlines()[-1] == "… not complete: DEPTH"
    bundle = drawn._repr_mimebundle_()  # pyright: ignore[reportPrivateUsage]
    assert "train 0 (3)" in bundle["text/html"]
    assert bundle["text/plain"] == str(drawn)


def test_an_earlier_moment_and_what_all_reach_can_be_asked_for(
    client: Client, raw: ga.Artifact
) -> None:
    then = client.lineage_summary(raw, direction="DOWNSTREAM", collapse_by="TYPE")
    one, two = client.artifact("svm:v0"), client.artifact("svm:v1")
    with client.start_run(used=[one]):
        pass

    now = client.lineage_summary(raw, direction="DOWNSTREAM", collapse_by="TYPE")
    again = client.lineage_summary(raw, direction="DOWNSTREAM", collapse_by="TYPE", as_of=then.seq)
    shared = client.lineage_summary(one, two, direction="UPSTREAM", shared=True)
    runs = {"showOnly": {"kinds": ["RUN"]}}
    some = client.lineage_summary(one, direction="UPSTREAM", where=runs)

    assert (then.node_count, now.node_count) == (7, 8)
    assert again == then
    assert shared.counts == {2: {"ARTIFACT": 1}}
    assert some.counts == {0: {"ARTIFACT": 1}, 1: {"RUN": 1}}
    with pytest.raises(Refused, match="shared is of one direction"):
        client.lineage_summary(one, two, shared=True)
