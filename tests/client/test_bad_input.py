"""Bad input, as a user of the client meets it: an error with a code, and nothing is changed."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import graph_api as ga
from graph_api import Artifact, Client
from tests.client.drafts import draft

pytestmark = pytest.mark.no_bytes


def refused(act: Callable[[], Any]) -> str:
    """The code of the error, whose message is a sentence."""
    with pytest.raises(ga.GraphApiError) as error:
        act()
    assert error.value.message.endswith((".", ".)", "?")), error.value.message
    return error.value.code


def nothing_was_written(client: Client) -> bool:
    """Whether the project, which the first write makes, is still unknown."""
    with pytest.raises(ga.NotFound):
        list(client.artifacts())
    return True


@pytest.mark.parametrize(
    "name", ["x" * 101, "a/b", "a:b", "a\nb", "a\x00b", "", " ", " a"], ids=ascii
)
def test_names_that_cannot_be(client: Client, name: str) -> None:
    assert refused(lambda: client.log_artifact(draft(name, {"a": b"1"}))) == "BAD_NAME"
    assert refused(lambda: client.log_artifact(draft("a", {"a": b"1"}), project=name)) == "BAD_NAME"
    assert nothing_was_written(client)


@pytest.mark.parametrize(
    "path", ["../a", "a/../../b", "/a", "a//b", "./a", "a\\b", "a\nb", "a/", "."], ids=ascii
)
def test_paths_that_cannot_be(client: Client, path: str) -> None:
    assert refused(lambda: draft("data", {path: b"1"})) == "BAD_PATH"
    # Also by the service, for clients that do not look.
    made = client.api.mutate(
        "createDraft",
        "DraftPayload",
        "artifact { id }",
        {"project": client.project, "name": "data", "type": "dataset"},
    )
    file = {"path": path, "size": 0, "sha256": "0" * 64}
    code = refused(
        lambda: client.api.mutate(
            "requestUploads",
            "UploadsPayload",
            "uploads { url }",
            {"draft": made["artifact"]["id"], "files": [file]},
        )
    )
    assert code == "BAD_PATH"


def test_paths_that_collide_after_nfc(client: Client) -> None:
    made = draft("data", {"caf\u00e9": b"1"})

    assert refused(lambda: made.add(b"2", "cafe\u0301")) == "PATH_TAKEN"
    assert [file.path for file in client.log_artifact(made).files()] == ["caf\u00e9"]


def test_names_that_differ_only_in_case_are_accepted(client: Client, tmp_path: Path) -> None:
    logged = client.log_artifact(draft("data", {"A/x": b"1", "a/x": b"2"}))

    assert sorted(logged.manifest) == ["A/x", "a/x"]
    assert logged.verify(logged.download(tmp_path)) == tmp_path


def test_metadata_that_cannot_be(client: Client) -> None:
    def log(metadata: dict[str, Any]) -> None:
        made = draft("data", {"a": b"1"})
        made.metadata = metadata
        client.log_artifact(made)

    assert refused(lambda: log({str(key): key for key in range(101)})) == "BAD_METADATA"
    assert refused(lambda: log({"a": math.nan})) == "BAD_METADATA"
    assert refused(lambda: log({"a": "x" * 2**20})) == "BAD_METADATA"
    assert refused(lambda: log({"a": object()})) == "BAD_METADATA"
    assert refused(lambda: Artifact("a", "b", metadata={"a": math.inf})) == "BAD_METADATA"
    assert nothing_was_written(client)


def test_ids_of_another_kind(client: Client) -> None:
    artifact = client.log_artifact(draft("data", {"a": b"1"}))
    with client.start_run() as run:
        pass

    assert refused(lambda: client.artifact(run.id)) == "WRONG_KIND"
    assert refused(lambda: client.run(artifact.id)) == "WRONG_KIND"
    assert refused(lambda: client.model(artifact.id)) == "WRONG_KIND"


def test_version_and_stage_together(client: Client) -> None:
    with pytest.raises(ValueError, match="exclude each other") as error:
        client.load_model("digits", version=0, stage="STAGING")
    assert isinstance(error.value, ga.GraphApiError)
    assert error.value.code == "BAD_USER_INPUT"


def test_no_project(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRAPH_API_PROJECT", raising=False)
    with Client(client.url) as nowhere:
        for act in (
            lambda: nowhere.start_run(),
            lambda: nowhere.artifact("data:v0"),
            lambda: nowhere.load_model("digits"),
            lambda: list(nowhere.runs()),
        ):
            with pytest.raises(ValueError, match="set GRAPH_API_PROJECT"):
                act()


def test_changes_after_commit(client: Client, tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"1")
    logged = client.log_artifact(draft("data", {"a": b"1"}))

    for act in (
        lambda: logged.add(b"2", "b"),
        lambda: logged.add_file(tmp_path / "f"),
        lambda: logged.add_dir(tmp_path),
        lambda: logged.add_reference("s3://bucket/key"),
        lambda: logged.new_file("c"),
        lambda: logged.remove("a"),
        lambda: client.log_artifact(logged),
    ):
        assert refused(act) == "NOT_A_DRAFT"
    assert sorted(client.artifact("data").manifest) == ["a"]


def test_reading_before_commit(tmp_path: Path) -> None:
    made = draft("data", {"a": b"1"})

    for act in (
        lambda: made.get_path("a"),
        lambda: made.load("a"),
        lambda: made.download(tmp_path),
        lambda: made.files(),
        lambda: made.upstream(),
        lambda: made.wait(),
        lambda: made.id,
    ):
        assert refused(act) == "NOT_COMMITTED"


def test_adding_after_the_manifest_was_read() -> None:
    made = draft("data", {"a": b"1"})

    assert sorted(made.manifest) == ["a"]
    assert refused(lambda: made.add(b"2", "b")) == "SEALED"


def test_another_type_than_the_name_has(client: Client) -> None:
    client.log_artifact(draft("data", {"a": b"1"}))

    assert refused(lambda: client.log_artifact(draft("data", {"a": b"2"}, "model"))) == "WRONG_TYPE"
    assert len(list(client.artifacts("data"))) == 1


def test_versions_and_aliases_that_cannot_be(client: Client) -> None:
    def log(version: str | None = None, alias: str | None = None) -> None:
        made = Artifact("data", "dataset", version=version)
        made.add(str((version, alias)).encode(), "a")
        client.log_artifact(made, [alias] if alias else [])

    log()
    assert refused(lambda: log(version="v7")) == "BAD_VERSION"
    assert refused(lambda: log(version="latest")) == "BAD_VERSION"
    assert refused(lambda: log(version="v0")) == "VERSION_TAKEN"
    assert refused(lambda: log(alias="v1")) == "BAD_ALIAS"
    assert refused(lambda: log(alias="latest")) == "BAD_ALIAS"
    assert [str(artifact) for artifact in client.artifacts("data")] == ["data:v0"]
    log(version="v1")


def test_files_that_are_not_there_or_have_no_name(tmp_path: Path) -> None:
    made = Artifact("data", "dataset")

    assert refused(lambda: made.add_file(tmp_path / "absent")) == "FILE_MISSING"
    assert refused(lambda: made.add_dir(tmp_path / "absent")) == "FILE_MISSING"
    with pytest.raises(FileNotFoundError):
        made.add(tmp_path / "absent")
    with pytest.raises(ValueError, match="A bytes has no name of its own"):
        made.add(b"bytes")
    assert refused(lambda: made.add_file(tmp_path)) == "BAD_USER_INPUT"
    assert refused(lambda: made.add_reference("no uri")) == "BAD_USER_INPUT"
    assert made.size == 0


def test_a_path_given_twice(tmp_path: Path) -> None:
    made = draft("data", {"a": b"1"})
    (tmp_path / "a").write_bytes(b"22")

    assert refused(lambda: made.add(b"3", "a")) == "PATH_TAKEN"
    assert refused(lambda: made.add_dir(tmp_path)) == "PATH_TAKEN"
    made.add_dir(tmp_path, overwrite=True)
    assert made.size == 2


def test_an_unknown_experiment_that_may_not_be_made(client: Client) -> None:
    with client.start_run("svm"):
        pass

    code = refused(lambda: client.start_run("other", create_experiment=False))
    assert code == "NOT_FOUND"
    assert len(list(client.runs())) == 1


def test_a_parameter_that_is_no_scalar(client: Client) -> None:
    with client.start_run() as run:
        assert refused(lambda: run.log_parameter("C", [1])) == "BAD_USER_INPUT"  # pyright: ignore[reportArgumentType]
    assert client.run(run.key).parameters == {}


def test_graphql_that_is_wrong(client: Client) -> None:
    assert refused(lambda: client.execute("{ nonsense }")) != "INTERNAL"
    assert refused(lambda: client.execute("query ($x: JSON) { __typename }", {"x": {1, 2}})) == (
        "BAD_USER_INPUT"
    )
