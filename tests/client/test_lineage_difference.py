"""Why one version is not what another is, through the client."""

import pytest

import graph_api as ga
from graph_api import Client
from tests.client.drafts import draft

pytestmark = pytest.mark.no_bytes


def trained(client: Client, data: ga.Artifact, rate: float, content: bytes) -> ga.Artifact:
    with client.start_run(name="train", used=[data], parameters={"rate": rate}) as run:
        run.log_metrics({"accuracy": rate})
        return run.log_artifact(draft("model", {"weights": content, "same": b"difference same"}))


def test_a_difference_is_told_whole_and_printed_in_a_few_lines(client: Client) -> None:
    first = client.log_artifact(draft("scans", {"a": b"difference 1"}))
    second = client.log_artifact(draft("scans", {"a": b"difference 2"}))
    old, new = (
        trained(client, first, 0.1, b"difference old"),
        trained(client, second, 0.5, b"difference new"),
    )

    found = client.lineage_diff(old, new)
    same = client.lineage_diff(new, new)

    (parameter,), (scans,), (metric,) = found.parameters, found.inputs, found.metrics
    assert (parameter.path, parameter.change, parameter.before, parameter.after) == (
        *("rate", "CHANGED"),
        *(0.1, 0.5),
    )
    assert str(metric) == "~ accuracy: 0.1 → 0.5"
    assert [it and it.id for it in (scans.before, scans.after)] == [first.id, second.id]
    assert [(str(it), it.depth, it.begins) for it in found.ancestors] == [
        ("~ scans:v0 → scans:v1", 2, True),
        ("~ train → train", 1, False),
    ]
    assert [(it.path, it.change) for it in found.files()] == [("weights", "CHANGED")]
    assert (found.complete, found.incomplete_because, found.code) == (True, (), ())
    assert str(found).splitlines() == [
        "model:v1 differs from model:v0:",
        "  begins with",
        "    ~ scans:v0 → scans:v1",
        "  parameters",
        "    ~ rate: 0.1 → 0.5",
        "  inputs",
        "    ~ scans:v0 → scans:v1",
        "  metrics",
        "    ~ accuracy: 0.1 → 0.5",
        "  files",
        "    ~ weights",
    ]
    assert str(same) == "model:v1 does not differ from model:v1."


def test_an_answer_of_a_moment_stays_as_it_was(client: Client) -> None:
    first = client.log_artifact(draft("scans", {"a": b"difference 1"}))
    old, new = (
        trained(client, first, 0.1, b"difference old"),
        trained(client, first, 0.5, b"difference new"),
    )
    seq = client.lineage_diff(old, new).seq
    with client.start_run(name="other") as run:
        late = run.log_artifact(draft("late", {"a": b"difference 3"}))
    new.link("teacher", late)

    then, now = client.lineage_diff(old, new, as_of=seq), client.lineage_diff(old, new)

    assert then.inputs == ()
    assert [str(it) for it in now.inputs] == ["+ late:v0"]
