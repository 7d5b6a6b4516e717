"""Rows C: from a draft to a version, and from the store into folders."""

from pathlib import Path

import httpx
import pytest

import graph_api as ga
from graph_api import Artifact, Blocker, Client
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


@on_the_folder
def test_c5_a_plan_says_what_needs_a_version_and_what_would_go(client: Client) -> None:
    # Content that no other test has: 17 bytes.
    content = str(client.project).encode()
    data = client.log_artifact(draft("data", {"a": content}), aliases=["best", "raw"])
    with client.start_run(name="train", used=[data]) as run:
        model = run.log_artifact(draft("model", {"m": b"1"}, "model"))
    client.register_model("digits", model)
    registered = client.model("digits")

    plan = data.delete_plan()

    assert [artifact.id for artifact in plan.artifacts] == [data.id]
    way = (data.id, run.id, model.id, registered.id)
    assert plan.blockers == (
        Blocker("ALIAS", data.id, "ARTIFACT", "data:v0", ("best", "raw"), (data.id,)),
        Blocker("MEMBER", registered.id, "MODEL", "digits", (), way),
    )
    # The manifest has 99.
    assert (plan.bytes, plan.freed_bytes, plan.blocker_count) == (17, 116, 2)
    assert str(plan).splitlines() == [
        "data:v0: 17 B of files; 116 B go from the store; needed by 2:",
        "  ALIAS data:v0 (best, raw)",
        "  MEMBER digits 3 steps away",
    ]
    assert repr(plan) == str(plan)
    assert (client.artifact("data:best").state, data.state) == ("COMMITTED", "COMMITTED")


def test_c5_what_something_needs_is_not_deleted_and_the_error_has_the_path(client: Client) -> None:
    data = client.log_artifact(draft("data", FILES))
    with client.start_run(used=[data]) as run:
        model = run.log_artifact(draft("model", {"m": b"1"}, "model"), aliases=["best"])

    with pytest.raises(ga.Refused) as refused:
        data.delete()

    assert isinstance(refused.value, ga.Needed)
    assert (refused.value.code, refused.value.path) == ("NEEDED", (data.id, run.id, model.id))
    assert str(refused.value) == (
        f"Artifact '{data.id}' is needed along {data.id} → {run.id} → {model.id}. The plan of its "
        "deletion tells why; take away what needs it, delete that, too, or force the deletion. "
        "The plan is delete_plan() or --plan; force=True or --force deletes it all the same."
    )
    assert data.state == client.artifact("data").state == "COMMITTED"
    assert data.load("a").read() == b"alpha"


def test_c5_a_deleted_version_keeps_its_name_but_neither_aliases_nor_readable_files(
    client: Client, service: Service, tmp_path: Path
) -> None:
    first = client.log_artifact(draft("data", {"a": b"1"}))
    last = client.log_artifact(draft("data", FILES), aliases=["best"], tags=["raw"])
    assert len(last.files()) == 2

    plan = last.delete(force=True)

    assert [(artifact.id, artifact.state) for artifact in plan.artifacts] == [(last.id, "DELETED")]
    assert [blocker.reason for blocker in plan.blockers] == ["ALIAS"]
    with Client(service.url, project=client.project) as other:
        for found in (last, other.artifact("data:v1"), other.artifact(last.id)):
            assert (found.id, found.state, found.aliases) == (last.id, "DELETED", [])
            assert (found.tags, found.digest, found.size) == (["raw"], last.digest, 9)
            record = found.record
            assert record.deleted_by == record.created_by
            assert record.deleted_at is not None
            assert record.purge_at is not None
            assert round((record.purge_at - record.deleted_at).total_seconds()) == 7 * 86_400
            with pytest.raises(ga.Refused) as refused:
                found.download(tmp_path / "out")
            assert refused.value.code == "DELETED"
            assert str(refused.value) == (
                f"Artifact '{last.id}' was deleted; restore it before "
                f"{record.purge_at.isoformat()}, when its bytes go. "
                "As long as its bytes are there, restore() takes it back."
            )
            with pytest.raises(ga.Refused, match="was deleted; restore it before"):
                found.zip(tmp_path / "out.zip")
        assert other.artifact("data").id == first.id
        with pytest.raises(ga.NotFound, match="has no artifact 'data:best'"):
            other.artifact("data:best")
        assert [version.id for version in other.artifacts("data")] == [first.id]
        both = [version.id for version in other.artifacts("data", deleted=True)]
        assert both == [first.id, last.id]
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "out.zip").exists()


def test_c5_restore_brings_back_the_files_and_the_aliases_that_are_free(
    client: Client, service: Service, tmp_path: Path
) -> None:
    logged = client.log_artifact(draft("data", FILES), aliases=["best", "raw"])
    logged.delete(force=True)
    client.log_artifact(draft("data", {"a": b"1"}), aliases=["best"])
    with Client(service.url, project=client.project) as other:
        found = other.artifact("data:v0")

        assert found.restore() is found

        record = found.record
        assert (found.state, found.aliases) == ("COMMITTED", ["raw"])
        assert (record.deleted_at, record.deleted_by, record.purge_at) == (None, None, None)
        assert contents(found.download(tmp_path)) == FILES
    assert client.artifact("data:raw").id == logged.id
    assert client.artifact("data:best").version == "v1"
    # This object was read before.
    assert logged.state == "DELETED"
    assert contents(logged.restore().checkout(tmp_path)) == FILES
    assert (logged.state, logged.aliases) == ("COMMITTED", ["raw"])


@on_the_folder
def test_c5_several_versions_are_deleted_and_restored_together_or_not_at_all(
    client: Client,
) -> None:
    data = client.log_artifact(draft("data", FILES))
    made = Artifact("view", "dataset")
    made.add_reference(data.get_path("a"))
    view = client.log_artifact(made)
    kept = client.log_artifact(draft("kept", {"k": b"1"}), aliases=["best"])

    with pytest.raises(ga.Needed) as refused:
        data.delete()
    assert refused.value.path == (data.id, view.id)
    with pytest.raises(ga.Needed) as refused:
        client.delete(data, "view", kept.id)
    assert refused.value.path == (kept.id,)
    assert [version.id for version in client.artifacts()] == [data.id, view.id, kept.id]

    assert client.delete_plan(data, "view").blockers == ()
    plan = client.delete(data, "view")

    assert [artifact.id for artifact in plan.artifacts] == sorted([data.id, view.id])
    assert [version.id for version in client.artifacts()] == [kept.id]
    restored = client.restore("view:v0", data, kept)
    assert [(version.id, version.state) for version in restored] == [
        (view.id, "COMMITTED"),
        (data.id, "COMMITTED"),
        (kept.id, "COMMITTED"),
    ]
    assert [version.id for version in client.artifacts()] == [data.id, view.id, kept.id]


@on_the_folder
def test_c5_what_is_deleted_already_stays_as_it_is_and_has_the_same_plan(client: Client) -> None:
    logged = client.log_artifact(draft("data", FILES))
    first = logged.delete()
    before = logged.record

    plan = logged.delete()

    assert str(plan) == str(first)
    assert logged.record == before
    logged.restore()
    after = logged.record
    assert (logged.restore().state, logged.record) == ("COMMITTED", after)
    with pytest.raises(ga.NotLogged):
        draft("data", FILES).delete()


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
