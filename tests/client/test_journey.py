"""What a user of the client does, against a real service, on each byte store."""

import io
import warnings
import zipfile
from pathlib import Path

import httpx
import pytest

import graph_api as ga
from graph_api import Artifact, Client
from tests.client.drafts import contents, draft
from tests.service import Service


def test_what_was_logged_comes_back_byte_for_byte(client: Client, tmp_path: Path) -> None:
    files = {"a.txt": b"alpha", "deep/er/b.bin": bytes(range(256)) * 1000, "empty": b""}

    logged = client.log_artifact(draft("data", files))
    root = client.artifact("data:latest").download(tmp_path / "out")

    assert (logged.state, logged.version, logged.created) == ("COMMITTED", "v0", True)
    assert logged.size == 5 + 256_000
    assert contents(root) == files


def test_equal_content_is_the_same_version_and_other_content_the_next(client: Client) -> None:
    first = client.log_artifact(draft("data", {"a": b"1"}))
    again = client.log_artifact(draft("data", {"a": b"1"}))
    other = client.log_artifact(draft("data", {"a": b"2"}))

    assert (again.id, again.created) == (first.id, False)
    assert (other.version, other.created) == ("v1", True)
    assert [str(artifact) for artifact in client.artifacts("data")] == ["data:v0", "data:v1"]


def test_a_same_version_with_other_metadata_is_a_warning_and_save_changes_it(
    client: Client,
) -> None:
    client.log_artifact(draft("data", {"a": b"1"}))
    again = draft("data", {"a": b"1"})
    again.metadata, again.description = {"rows": 1}, "One row"

    with pytest.warns(ga.SameContent, match="keeps its own description and metadata"):
        again = client.log_artifact(again)
    assert (again.metadata, again.description) == ({}, None)

    again.metadata, again.description = {"rows": 1}, "One row"
    again.save()
    found = client.artifact("data")
    assert (found.metadata, found.description) == ({"rows": 1}, "One row")


def test_a_same_version_with_the_same_words_is_no_warning(client: Client) -> None:
    def made() -> Artifact:
        artifact = Artifact("data", "dataset", description="One row", metadata={"rows": (1, 2)})
        artifact.add(b"1", "a")
        return artifact

    client.log_artifact(made())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert client.log_artifact(made()).created is False


def test_aliases_and_tags_are_sets_that_save_changes(client: Client) -> None:
    logged = client.log_artifact(draft("data", {"a": b"1"}), aliases=["best", "best"], tags=["x"])
    assert (logged.aliases, logged.tags) == (["best", "latest"], ["x"])

    logged.aliases.remove("best")
    logged.aliases.append("good")
    logged.tags = ["y"]
    logged.save()

    assert (logged.aliases, logged.tags) == (["good", "latest"], ["y"])
    assert client.artifact("data:good").id == logged.id
    with pytest.raises(ga.NotFound, match="'data:best'"):
        client.artifact("data:best")


def test_an_artifact_is_found_by_version_alias_name_project_and_id(client: Client) -> None:
    logged = client.log_artifact(draft("data", {"a": b"1"}), aliases=["best"])

    references = ["data:v0", "data:best", "data:latest", "data", logged.id]
    references += [f"{client.project}/{reference}" for reference in references[:4]]
    assert {client.artifact(reference).id for reference in references} == {logged.id}


def test_download_leaves_strangers_and_repairs_its_own(client: Client, tmp_path: Path) -> None:
    logged = client.log_artifact(draft("data", {"a": b"1", "b/c": b"2"}))
    logged.download(tmp_path)
    (tmp_path / "mine").write_bytes(b"stays")
    (tmp_path / "a").write_bytes(b"!")
    untouched = (tmp_path / "b/c").stat()

    logged.download(tmp_path)

    assert contents(tmp_path) == {"a": b"1", "b/c": b"2", "mine": b"stays"}
    found = (tmp_path / "b/c").stat()
    # To read it may move the time of its last access.
    assert (found.st_ino, found.st_ctime_ns) == (untouched.st_ino, untouched.st_ctime_ns)


def test_checkout_removes_strangers_and_verify_names_them(client: Client, tmp_path: Path) -> None:
    logged = client.log_artifact(draft("data", {"a": b"1", "b/c": b"2"}))
    (tmp_path / "old/er").mkdir(parents=True)
    (tmp_path / "old/er/stray").write_bytes(b"")
    (tmp_path / "a").write_bytes(b"?")

    with pytest.raises(ValueError, match="is not data:v0") as refused:
        logged.verify(tmp_path)
    error = refused.value
    assert isinstance(error, ga.VerificationFailed)
    assert (list(error.different), error.missing, error.extra) == (["a"], ["b/c"], ["old/er/stray"])

    assert logged.checkout(tmp_path) == tmp_path
    assert contents(tmp_path) == {"a": b"1", "b/c": b"2"}
    assert not (tmp_path / "old").exists()
    assert logged.verify(tmp_path) == tmp_path


def test_the_folder_is_named_after_the_version(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    logged = client.log_artifact(draft("data", {"a": b"1"}))

    assert logged.verify() == Path("artifacts/data:v0")
    assert contents(tmp_path) == {"artifacts/data:v0/a": b"1"}


def test_one_file_can_be_had_without_the_others(client: Client, tmp_path: Path) -> None:
    logged = client.log_artifact(draft("data", {"a": b"alpha", "b/c": b"gamma"}))

    assert logged.load("b/c").read() == b"gamma"
    with logged.open("a") as stream:
        assert stream.read() == b"alpha"
    assert logged.get_path("a").size == 5
    with pytest.raises(ga.UnknownPath, match=r"no file 'b/x'\. Did you mean 'b/c'\?"):
        logged.load("b/x")
    with pytest.raises(ValueError, match="has 2 files, not one"):
        logged.file(tmp_path)
    single = client.log_artifact(draft("one", {"x/y": b"z"}))
    assert single.file(tmp_path).read_bytes() == b"z"


def test_a_zip_that_was_made_before_comes_from_the_store_which_is_not_told_the_key(
    service: Service, client: Client, tmp_path: Path
) -> None:
    logged = client.log_artifact(draft("data", {"a": b"1", "b/c": b"2"}))
    first = logged.zip(tmp_path / "first.zip").read_bytes()
    asked: list[httpx.Request] = []
    with Client(service.url, project=client.project, api_key="secret") as again:
        version = again.artifact("data:v0")
        for http in (again.api.http, again.store.http):
            http.event_hooks["request"] = [asked.append]
        for _ in range(2):
            assert version.zip(tmp_path / "again.zip").read_bytes() == first

    zips = [request for request in asked if request.method == "GET"]
    assert [request.headers.get("authorization") for request in zips] == ["Bearer secret", None] * 2
    assert [request.url.path for request in zips[::2]] == [f"/artifacts/{logged.id}/zip"] * 2
    assert zips[1].url.path != zips[0].url.path
    assert contents(tmp_path) == {"first.zip": first, "again.zip": first}


def test_the_zip_holds_the_files_and_names_the_references(client: Client, tmp_path: Path) -> None:
    made = draft("data", {"a": b"alpha", "b/c": b"gamma"})
    made.add_reference("s3://bucket/prefix", size=7)
    logged = client.log_artifact(made)

    path = logged.zip(tmp_path / "data.zip")

    with zipfile.ZipFile(path) as archive:
        assert sorted(archive.namelist()) == ["a", "b/c", "references.json"]
        assert archive.read("b/c") == b"gamma"
    assert contents(tmp_path).keys() == {"data.zip"}
    assert path.stat().st_mode & 0o444 == 0o444


def test_references_are_kept_and_counted_and_fetched_unless_left_out(
    client: Client, tmp_path: Path
) -> None:
    (tmp_path / "local").write_bytes(b"12345")
    made = draft("data", {"a": b"1"})
    made.add_reference("s3://bucket/prefix", size=7, digest="etag")
    made.add_reference("gopher://somewhere")
    made.add_reference((tmp_path / "local").as_uri())
    logged = client.log_artifact(made)

    manifest = client.artifact("data").manifest
    assert logged.size == 1 + 7 + 5
    assert sorted(manifest) == ["a", "local", "prefix", "somewhere"]
    assert (manifest["prefix"].reference, manifest["prefix"].digest) == (
        "s3://bucket/prefix",
        "etag",
    )
    assert manifest["somewhere"].size is None
    assert contents(logged.download(tmp_path / "out", references=False)) == {"a": b"1"}
    assert logged.verify(tmp_path / "out") == tmp_path / "out"
    assert logged.load("local").read() == b"12345"
    with pytest.raises(ga.OnlyAReference, match="its bytes are at gopher://somewhere"):
        logged.load("somewhere")


def test_folders_streams_and_new_files_become_entries(client: Client, tmp_path: Path) -> None:
    (tmp_path / "figures/deep").mkdir(parents=True)
    (tmp_path / "figures/a.svg").write_text("<svg/>")
    (tmp_path / "figures/deep/b.svg").write_text("<svg></svg>")
    made = Artifact("report", "report")
    made.add_dir(tmp_path / "figures")
    made.add(tmp_path / "figures", "copy")
    made.add(io.StringIO("grüße"), "text.txt")
    with made.new_file("notes/new.md") as file:
        file.write("# Grüße\n")
    made.add_file(tmp_path / "figures/a.svg", metadata={"dpi": 300}, overwrite=True)
    logged = client.log_artifact(made)

    assert sorted(logged.manifest) == [
        "a.svg",
        "copy/a.svg",
        "copy/deep/b.svg",
        "deep/b.svg",
        "notes/new.md",
        "text.txt",
    ]
    assert logged.manifest["a.svg"].metadata == {"dpi": 300}
    assert logged.load("text.txt").read().decode() == "grüße"
    assert logged.load("notes/new.md").read().decode() == "# Grüße\n"


def test_a_chosen_version_is_made_once(client: Client) -> None:
    chosen = Artifact("data", "dataset", version="2.0.0")
    chosen.add(b"1", "a")
    assert str(client.log_artifact(chosen)) == "data:2.0.0"

    again = Artifact("data", "dataset", version="2.0.0")
    again.add(b"2", "a")
    with pytest.raises(ga.Refused) as refused:
        client.log_artifact(again)
    assert refused.value.code == "VERSION_TAKEN"
    assert [str(artifact) for artifact in client.artifacts("data")] == ["data:2.0.0"]
