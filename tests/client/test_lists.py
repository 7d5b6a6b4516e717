"""Lists of artifacts and runs with filters and orders, as a user of the client asks for them."""

import pytest

import graph_api as ga
from graph_api import Client
from tests.client.drafts import draft

pytestmark = pytest.mark.no_bytes


def test_runs_are_found_by_what_they_say_in_the_order_asked_for(client: Client) -> None:
    for name, rate in (("b", 0.1), ("a", 0.3), ("c", 0.2)):
        with client.start_run("svm", name=name, parameters={"lr": rate}):
            pass
    with pytest.raises(ZeroDivisionError), client.start_run("svm", name="d", parameters={"lr": 1}):
        _ = 1 / 0

    well = {"status": {"ne": "FAILED"}, "parameters": [{"path": "lr", "gte": 0.2}]}
    newest = {"field": "CREATED", "direction": "DESC"}
    assert [run.name for run in client.runs("svm", order_by={"field": "NAME"})] == [*"abcd"]
    assert [run.name for run in client.runs(where=well)] == ["a", "c"]
    assert [run.name for run in client.runs(where=well, order_by=newest)] == ["c", "a"]
    assert list(client.runs(where={"name": {"in": []}})) == []


def test_artifacts_are_found_by_their_lineage(client: Client) -> None:
    data = client.log_artifact(draft("data", {"a": b"1"}))
    with client.start_run(used=[data]) as train:
        model = train.log_artifact(draft("model", {"m": b"2"}, "model"))
    client.log_artifact(draft("other", {"o": b"3"}))

    def names(**where: object) -> list[str]:
        return [artifact.name for artifact in client.artifacts(where=where)]

    assert names(usedBy=train.id) == ["data"]
    assert names(loggedBy=train.id) == ["model"]
    assert names(upstreamOf=model.id) == ["data"]
    assert names(downstreamOf=data.id) == ["model"]
    with pytest.raises(ga.Refused, match="`name` is null"):
        names(name=None)
