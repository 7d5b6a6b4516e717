"""Search, by the client and the command."""

import hashlib
import os
from pathlib import Path

import pytest

import graph_api as ga
from graph_api import Client
from tests.client.drafts import draft

pytestmark = pytest.mark.no_bytes


def test_a_search_finds_what_was_just_logged(client: Client) -> None:
    made = client.log_artifact(draft("digits-svm", {"a": b"1"}), aliases=["golden"])
    run = client.start_run(name="Train the svm")

    found = list(client.search("SVM", project=client.project))
    [hit] = client.search("svm golden", ["ARTIFACT"], project=client.project)
    [by_id] = client.search(run.id)

    assert {(each.kind, each.label) for each in found} == {
        ("RUN", "Train the svm"),
        ("ARTIFACT_COLLECTION", "digits-svm"),
        ("ARTIFACT", "digits-svm:v0"),
    }
    assert hit == ga.Hit(
        made.id, "ARTIFACT", "digits-svm:v0", client.project, ("ALIAS", "COLLECTION")
    )
    # The key of a run that was given none is made of its id.
    assert (by_id.id, by_id.matched) == (run.id, ("ID", "KEY"))
    assert made.digest
    assert made.id in {each.id for each in client.search(made.digest[:12])}
    assert list(client.search('" OR (*', project=client.project)) == []
    with pytest.raises(ga.Refused) as refused:
        list(client.search("x" * 10_000))
    assert refused.value.code == "SEARCH_TOO_LONG"


def test_a_search_goes_on_from_page_to_page(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph_api.client.api.PAGE", 2)
    runs = [client.start_run(name=f"epoch {number}") for number in range(5)]

    found = [hit.id for hit in client.search("epoch", project=client.project)]

    assert found == [run.id for run in reversed(runs)]


def test_what_contains_a_file_is_found_in_every_project(client: Client, tmp_path: Path) -> None:
    content = os.urandom(100)
    local = tmp_path / "wanted"
    local.write_bytes(content)
    one = client.log_artifact(draft("data", {"a": content, "b": b"other"}))
    client.log_artifact(draft("data", {"b": b"other"}))
    two = client.log_artifact(draft("copy", {"deep/c": content}), project=f"{client.project}-too")

    found = [str(it) for it in client.containing(local)]

    assert found == [str(one), str(two)] == ["data:v0", "copy:v0"]
    digest = hashlib.sha256(content).hexdigest()
    assert [it.id for it in client.containing(digest)] == [one.id, two.id]
    assert list(client.containing("0" * 64)) == []
    with pytest.raises(ga.Refused, match="is not 64 lower-case hexadecimal digits"):
        list(client.containing("0"))
    with pytest.raises(FileNotFoundError):
        list(client.containing(tmp_path / "nowhere"))


def test_the_models_that_bytes_reached_are_told_with_their_versions(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph_api.client.containing.PAGE", 1)
    content = os.urandom(100)
    local = tmp_path / "wanted"
    local.write_bytes(content)
    data = client.log_artifact(draft("data", {"a": content}))
    copy = client.log_artifact(draft("copy", {"a": content}))
    with client.start_run(used=[data]) as run:
        svm = run.log_artifact(draft("svm", {"weights": os.urandom(100)}))
    other = client.log_artifact(draft("other", {"weights": os.urandom(100)}))
    for name in ("digits", "letters"):
        client.register_model(name, other)
        client.register_model(name, svm, stage="STAGING")
    client.register_model("copied", copy)
    client.model("letters").link("training dataset", copy)

    found = client.containing(local).models()

    assert (found.complete, found.incomplete_because) == (True, ())
    versions = [it.version and (it.version.index, it.version.stage) for it in found.found]
    names = [it.model.name for it in found.found]
    assert sorted(zip(names, versions, strict=True), key=str) == [
        ("copied", (0, "NONE")),
        ("digits", (1, "STAGING")),
        ("letters", (1, "STAGING")),
        ("letters", None),
    ]
    assert {str(it.version.artifact) for it in found.found if it.version} == {"svm:v0", "copy:v0"}
    assert client.containing("0" * 64).models() == ga.ReachedModels((), ())
    with pytest.raises(FileNotFoundError):
        client.containing(tmp_path / "nowhere").models()
