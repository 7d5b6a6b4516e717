"""Rows C: from a draft to a version, and from the store into folders."""

from pathlib import Path

import httpx
import pytest

import graph_api as ga
from graph_api import Artifact, Client
from tests.client.drafts import contents, draft
from tests.client.requests import requested
from tests.features.stores import nothing_of, on_the_folder
from tests.service import Service

FILES = {"a": b"alpha", "deep/b": b"beta"}


@on_the_folder
def test_c1_the_states_are_pending_committed_and_deleted(client: Client) -> None:
    document = '{ __type(name: "ArtifactState") { enumValues { name } } }'
    values = client.execute(document)["__type"]["enumValues"]
    assert [value["name"] for value in values] == ["PENDING", "COMMITTED", "DELETED"]

    made = draft("data", FILES)
    assert made.state == "PENDING"
    assert client.log_artifact(made).state == "COMMITTED"
    assert client.artifact("data").state == "COMMITTED"


@on_the_folder
def test_c2_nothing_is_in_the_service_until_the_draft_is_logged(client: Client) -> None:
    made = Artifact("data", "dataset", aliases=["best"], metadata={"rows": 1})
    made.add(b"alpha", "a")
    assert nothing_of(client)

    client.log_artifact(made)

    assert [str(version) for version in client.artifacts()] == ["data:v0"]
    with pytest.raises(ga.NotADraft, match="its files cannot change"):
        made.add(b"beta", "b")


def test_c2_a_draft_of_a_version_begins_with_its_files(client: Client, tmp_path: Path) -> None:
    client.log_artifact(draft("data", FILES))
    made = client.artifact("data").new_draft()
    made.remove("a")
    made.add(b"gamma", "c")
    assert [str(version) for version in client.artifacts()] == ["data:v0"]

    client.log_artifact(made)

    assert [str(version) for version in client.artifacts()] == ["data:v0", "data:v1"]
    assert contents(made.download(tmp_path)) == {"deep/b": b"beta", "c": b"gamma"}
    assert client.artifact("data:v0").load("a").read() == b"alpha"


@on_the_folder
def test_c3_wait_returns_the_artifact_once_it_is_logged(client: Client) -> None:
    made = draft("data", FILES)
    with pytest.raises(ga.NotLogged, match="is not logged yet"):
        made.wait()

    client.log_artifact(made)

    assert made.wait() is made
    assert made.wait().state == "COMMITTED"


@on_the_folder
def test_c4_save_stores_words_metadata_aliases_and_tags_and_no_more(client: Client) -> None:
    made = draft("data", FILES)
    with pytest.raises(ga.NotLogged):
        made.save()
    logged = client.log_artifact(made, aliases=["old"], tags=["raw"])
    logged.description, logged.metadata = "Two files", {"rows": 2}
    logged.aliases, logged.tags = ["new"], ["clean"]
    unsaved = client.artifact("data")
    assert (unsaved.description, unsaved.metadata) == (None, {})

    logged.save()

    saved = client.artifact("data")
    assert (saved.description, saved.metadata, saved.tags) == ("Two files", {"rows": 2}, ["clean"])
    assert saved.aliases == ["latest", "new"]
    assert (saved.id, saved.version, saved.digest) == (unsaved.id, "v0", unsaved.digest)


def test_c8_download_replaces_what_differs_and_leaves_strays(
    client: Client, tmp_path: Path
) -> None:
    made = draft("data", FILES)
    made.add_reference("s3://bucket/elsewhere", size=7)
    logged = client.log_artifact(made)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/b").write_bytes(b"BETA")
    (tmp_path / "a").write_bytes(b"alpha")
    (tmp_path / "deep/stray").write_bytes(b"stays")
    untouched = (tmp_path / "a").stat()

    assert logged.download(tmp_path, references=False) == tmp_path

    assert contents(tmp_path) == {**FILES, "deep/stray": b"stays"}
    found = (tmp_path / "a").stat()
    assert (found.st_ino, found.st_mtime_ns) == (untouched.st_ino, untouched.st_mtime_ns)


def test_c8_bytes_that_this_machine_has_are_not_fetched_again(
    client: Client, service: Service, tmp_path: Path
) -> None:
    client.log_artifact(draft("data", FILES)).download(tmp_path / "one")
    (tmp_path / "one/a").write_bytes(b"edited in place")
    with Client(service.url, project=client.project) as other, requested(other) as requests:
        data = other.artifact("data")
        data.download(tmp_path / "two")
        data.checkout(tmp_path / "three")

    # What was edited is no longer to be had here.
    assert [one.method for one in requests] == ["POST", "POST", "POST", "GET"]
    for root in ("two", "three"):
        assert contents(tmp_path / root) == FILES
    assert contents(tmp_path / "one") == {**FILES, "a": b"edited in place"}


def test_c9_checkout_leaves_nothing_but_the_artifact(client: Client, tmp_path: Path) -> None:
    logged = client.log_artifact(draft("data", FILES))
    (tmp_path / "old/er").mkdir(parents=True)
    (tmp_path / "old/er/stray").write_bytes(b"goes")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/stray").write_bytes(b"goes")

    assert logged.checkout(tmp_path) == tmp_path

    assert contents(tmp_path) == FILES
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "deep"]


def test_c10_the_file_of_an_artifact_of_one_is_put_into_its_folder(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    one = client.log_artifact(draft("one", {"deep/b": b"beta"}))
    two = client.log_artifact(draft("two", FILES))

    assert one.file() == Path("artifacts/one:v0/deep/b")
    assert one.file("here") == Path("here/deep/b")
    with pytest.raises(ValueError, match="has 2 files, not one"):
        two.file()
    assert contents(tmp_path) == {"artifacts/one:v0/deep/b": b"beta", "here/deep/b": b"beta"}


def test_c10_one_file_of_many_is_opened_without_the_others_and_without_a_zip(
    client: Client,
) -> None:
    logged = client.log_artifact(draft("data", FILES))
    asked: list[httpx.URL] = []

    def ask(request: httpx.Request) -> None:
        asked.append(request.url)

    for http in (client.api.http, client.store.http):
        http.event_hooks = {"request": [ask]}

    assert logged.load("deep/b").read() == b"beta"

    assert [url.path for url in asked[:1]] == ["/graphql"]
    assert len(asked) == 2
    assert "zip" not in asked[1].path
    with logged.open("a") as stream:
        assert stream.read() == b"alpha"
    assert len(asked) == 4
    with pytest.raises(ga.UnknownPath, match="has no file 'c'"):
        logged.open("c")


def test_c11_an_artifact_knows_where_it_was_downloaded_to(client: Client, tmp_path: Path) -> None:
    logged = client.log_artifact(draft("data", FILES))
    assert logged.download_local_path() is None

    logged.download(tmp_path / "one")
    assert logged.download_local_path() == tmp_path / "one"
    logged.checkout(tmp_path / "two")
    assert logged.download_local_path() == tmp_path / "two"
    assert client.artifact("data").download_local_path() is None


def test_c12_verify_is_a_value_error_for_what_differs_is_missing_or_extra(
    client: Client, tmp_path: Path
) -> None:
    logged = client.log_artifact(draft("data", FILES))
    root = logged.download(tmp_path / "out")
    assert logged.verify(root) == root

    for path, content in (("a", b"ALPHA"), ("deep/b", None), ("extra", b"")):
        logged.checkout(root)
        if content is None:
            (root / path).unlink()
        else:
            (root / path).write_bytes(content)
        with pytest.raises(ValueError, match=f"'{path}'") as failed:
            logged.verify(root)
        assert isinstance(failed.value, ga.VerificationFailed)
        named = [*failed.value.different, *failed.value.missing, *failed.value.extra]
        assert named == [path]


def test_c12_verify_ignores_references_and_downloads_first_without_a_root(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = draft("data", FILES)
    made.add_reference("s3://bucket/elsewhere", size=7)
    logged = client.log_artifact(made)

    assert logged.verify() == Path("artifacts/data:v0")

    assert contents(tmp_path / "artifacts/data:v0") == FILES
    (tmp_path / "artifacts/data:v0/elsewhere").write_bytes(b"another")
    assert logged.verify("artifacts/data:v0") == Path("artifacts/data:v0")
