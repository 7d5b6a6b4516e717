"""Rows B: files, streams, references, the manifest, metadata."""

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest

import graph_api as ga
from graph_api import Artifact, Client
from tests.client.buckets import new_bucket
from tests.client.drafts import contents, draft
from tests.client.web_server import Page, serving_pages
from tests.environment import environment
from tests.features.stores import nothing_of, on_the_folder
from tests.minio.server import RunningMinio


def test_b1_a_file_has_its_own_name_or_another_and_is_returned(
    client: Client, tmp_path: Path
) -> None:
    local = tmp_path / "a.txt"
    local.write_bytes(b"alpha")
    made = Artifact("data", "dataset")

    entries = [made.add_file(local), made.add_file(local, "deep/b.txt")]
    logged = client.log_artifact(made)

    assert [(entry.path, entry.size) for entry in entries] == [("a.txt", 5), ("deep/b.txt", 5)]
    assert entries[0].sha256 == hashlib.sha256(b"alpha").hexdigest()
    assert contents(logged.download(tmp_path / "out")) == {
        "a.txt": b"alpha",
        "deep/b.txt": b"alpha",
    }


@on_the_folder
def test_b1_a_missing_file_and_a_name_that_is_taken_are_refused(
    client: Client, tmp_path: Path
) -> None:
    made = draft("data", {"a.txt": b"alpha"})
    with pytest.raises(FileNotFoundError, match="nowhere"):
        made.add_file(tmp_path / "nowhere")
    (tmp_path / "a.txt").write_bytes(b"other")
    with pytest.raises(ValueError, match="overwrite=True"):
        made.add_file(tmp_path / "a.txt")
    made.add_file(tmp_path / "a.txt", overwrite=True)

    assert client.log_artifact(made).load("a.txt").read() == b"other"


@on_the_folder
def test_b1_a_temporary_file_is_named_after_its_content(client: Client, tmp_path: Path) -> None:
    made = Artifact("data", "dataset")
    for number, content in enumerate((b"one", b"two", b"one")):
        (tmp_path / str(number)).write_bytes(content)
        made.add_file(tmp_path / str(number), "logs/run.log.txt", is_tmp=True)

    stems = [hashlib.sha256(content).hexdigest()[:20] for content in (b"one", b"two")]
    assert sorted(client.log_artifact(made).manifest) == sorted(
        f"logs/{stem}.log.txt" for stem in stems
    )


def test_b2_a_folder_lands_at_the_root_or_below_a_prefix(client: Client, tmp_path: Path) -> None:
    (tmp_path / "in/deep").mkdir(parents=True)
    (tmp_path / "in/a").write_bytes(b"1")
    (tmp_path / "in/deep/b").write_bytes(b"2")
    made = Artifact("data", "dataset")
    adding: Any = made.add_dir

    assert adding(tmp_path / "in") is None
    assert adding(tmp_path / "in", "copy") is None
    with pytest.raises(FileNotFoundError, match="no folder"):
        made.add_dir(tmp_path / "in/a")

    assert contents(client.log_artifact(made).download(tmp_path / "out")) == {
        "a": b"1",
        "deep/b": b"2",
        "copy/a": b"1",
        "copy/deep/b": b"2",
    }


def test_b3_streams_bytes_and_new_files_are_added_under_a_name(client: Client) -> None:
    made = Artifact("data", "dataset")
    made.add(io.BytesIO(b"stream"), "stream")
    made.add(b"bytes", "bytes")
    with made.new_file("text") as file:
        file.write("grüße")
    with made.new_file("binary", "wb") as file:
        file.write(b"\x00")
    logged = client.log_artifact(made)

    assert {path: logged.load(path).read() for path in logged.manifest} == {
        "binary": b"\x00",
        "bytes": b"bytes",
        "stream": b"stream",
        "text": "grüße".encode(),
    }


@on_the_folder
def test_b3_a_stream_without_a_name_is_a_value_error_and_a_broken_new_file_is_none(
    client: Client,
) -> None:
    made = draft("data", {"a": b"1"})
    with pytest.raises(ValueError, match="name="):
        made.add(io.BytesIO(b"stream"))
    with pytest.raises(ZeroDivisionError), made.new_file("b") as file:
        file.write(str(1 / 0))

    assert list(client.log_artifact(made).manifest) == ["a"]


@on_the_folder
def test_b5_a_file_of_one_artifact_is_a_reference_of_another(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = client.log_artifact(draft("raw", {"deep/ä b.csv": b"1,2"}))
    made = draft("clean", {"a": b"1"})
    [entry] = made.add_reference(raw.get_path("deep/ä b.csv"))
    clean = client.log_artifact(made)

    assert (entry.path, entry.size) == ("ä b.csv", 3)
    assert entry.digest == f"sha256:{hashlib.sha256(b'1,2').hexdigest()}"
    assert entry.reference == f"graph-api://{raw.id}/deep/%C3%A4%20b.csv"
    assert clean.size == 1 + 3
    [edge] = clean.upstream().edges
    assert (edge.source, edge.target, edge.role) == (raw.id, clean.id, "reference")

    monkeypatch.chdir(tmp_path)
    assert contents(clean.download("out", references=False)) == {"a": b"1"}
    assert contents(clean.download("out")) == {"a": b"1", "ä b.csv": b"1,2"}
    assert sorted(contents(tmp_path)) == ["out/a", "out/ä b.csv"]
    clean.download("out", recursive=True)
    assert contents(tmp_path / "artifacts") == {"raw:v0/deep/ä b.csv": b"1,2"}
    assert clean.load("ä b.csv").read() == b"1,2"


@on_the_folder
def test_b5_there_is_no_file_of_a_draft_and_no_reference_to_one(client: Client) -> None:
    pending = draft("data", {"a": b"1"})
    for reading in (lambda: pending.get_path("a"), lambda: pending.load("a"), pending.files):
        with pytest.raises(ga.NotLogged, match="is not logged yet"):
            reading()
    with pytest.raises(ga.NotLogged):
        draft("other", {}).add_reference(pending.manifest["a"])
    assert nothing_of(client)


@on_the_folder
def test_b6_a_uri_is_kept_with_a_hash_of_itself_and_no_size(client: Client) -> None:
    made = Artifact("data", "dataset")
    [entry] = made.add_reference("gopher://somewhere/file", "here")
    [said] = made.add_reference("s3://bucket/key", size=7, digest="etag")
    digest = hashlib.sha256(b"gopher://somewhere/file").hexdigest()
    assert (entry.size, entry.digest) == (None, f"uri-sha256:{digest}")
    assert (said.path, said.size, said.digest) == ("key", 7, "etag")

    file = client.log_artifact(made).get_path("here")

    assert (file.reference, file.size, file.sha256) == ("gopher://somewhere/file", None, None)
    assert file.digest == f"uri-sha256:{digest}"


def test_b6_references_are_downloaded_like_files_and_what_was_stored_with_them(
    client: Client, minio: RunningMinio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket, local = new_bucket(minio, monkeypatch), tmp_path / "local"
    bucket.keep_versions()
    for key in ("raw/a", "raw/deep/b"):
        bucket.put(key, key.encode())
    (local / "in").mkdir(parents=True)
    (local / "in/c").write_bytes(b"local")
    made = draft("data", {"stored": b"stored"})
    with serving_pages({"/page": Page(b"page", '"v1"')}) as web:
        entries = [
            *made.add_reference(f"{bucket.url}/raw", "s3"),
            *made.add_reference(f"{web.url}/page"),
            *made.add_reference((local / "in").as_uri()),
        ]
        logged = client.log_artifact(made)
        bucket.put("raw/a", b"overwritten")
        all_of_it = {
            "stored": b"stored",
            "s3/a": b"raw/a",
            "s3/deep/b": b"raw/deep/b",
            "page": b"page",
            "c": b"local",
        }

        assert contents(logged.download(tmp_path / "out")) == all_of_it
        (tmp_path / "out/stray").touch()
        assert contents(logged.checkout(tmp_path / "out")) == all_of_it
        assert logged.load("s3/a").read() == b"raw/a"
        with logged.open("page") as stream:
            assert stream.read() == b"page"

    assert [entry.path for entry in entries] == ["s3/a", "s3/deep/b", "page", "c"]
    assert logged.size == sum(map(len, all_of_it.values()))
    (tmp_path / "out/c").write_bytes(b"references are not verified")
    assert logged.verify(tmp_path / "out") == tmp_path / "out"
    stored = logged.download(tmp_path / "stored", references=False)
    assert contents(stored) == {"stored": b"stored"}


@on_the_folder
@pytest.mark.parametrize(
    ("now", "error"),
    [(Page(b"other", '"v2"'), "REMOTE_CHANGED"), (Page(status=403), "REMOTE_REFUSED")],
)
def test_b6_where_a_reference_cannot_be_had_nothing_is_put_in_place(
    client: Client, tmp_path: Path, now: Page, error: str
) -> None:
    made = draft("data", {"stored": b"stored"})
    with serving_pages({"/page": Page(b"pages", '"v1"')}) as web:
        made.add_reference(f"{web.url}/page")
        logged = client.log_artifact(made)
        web.pages["/page"] = now
        (tmp_path / "stored").write_bytes(b"before")

        for act in (logged.download, logged.checkout):
            with pytest.raises(ga.GraphApiError, match="page") as refused:
                act(tmp_path)
            assert refused.value.code == error

    assert contents(tmp_path) == {"stored": b"before"}


@on_the_folder
def test_b6_an_unknown_scheme_is_an_error_of_the_download_unless_references_are_left_out(
    client: Client, tmp_path: Path
) -> None:
    made = draft("data", {"stored": b"stored"})
    made.add_reference("gopher://somewhere/file")
    logged = client.log_artifact(made)

    for act in (lambda: logged.download(tmp_path), lambda: logged.load("file")):
        with pytest.raises(ga.OnlyAReference, match="gopher://somewhere/file"):
            act()
    assert contents(tmp_path) == {}
    (tmp_path / "file").write_bytes(b"fetched by hand")
    assert contents(logged.checkout(tmp_path, references=False)) == {
        "stored": b"stored",
        "file": b"fetched by hand",
    }


def test_b6_of_a_prefix_10000_objects_are_an_entry_each_and_10001_are_an_error_or_one(
    minio: RunningMinio, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody says 10,000, which is the default, where there is the time to write as many.
    most, said = (10_000, None) if environment.deep else (20, 20)
    bucket, made = new_bucket(minio, monkeypatch), Artifact("data", "dataset")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(bucket.put, [f"data/{number}" for number in range(most)], repeat(b"1")))

    assert len(made.add_reference(f"{bucket.url}/data", max_objects=said)) == most
    bucket.put(f"data/{most}", b"1")
    with pytest.raises(ga.TooManyObjects, match=f"more than {most:,} objects"):
        made.add_reference(f"{bucket.url}/data", "again", max_objects=said)
    with pytest.warns(ga.Collapsed, match=f"more than {most:,} objects"):
        [one] = made.add_reference(f"{bucket.url}/data", "again", max_objects=said, collapse=True)

    assert (one.path, one.reference, one.size) == ("again", f"{bucket.url}/data", None)
    every = made.add_reference(f"{bucket.url}/data", "all", max_objects=most + 1)
    assert (len(every), made.size) == (most + 1, 2 * most + 1)


@on_the_folder
def test_b7_nothing_is_added_or_removed_once_the_manifest_was_read(client: Client) -> None:
    made = draft("data", {"a": b"1"})
    assert [(file.path, file.size) for file in made.manifest.values()] == [("a", 1)]
    for change in (
        lambda: made.add(b"2", "b"),
        lambda: made.add_reference("s3://bucket/b"),
        lambda: made.remove("a"),
    ):
        with pytest.raises(ga.Sealed, match="has been read"):
            change()
    logged = client.log_artifact(made)

    [file] = logged.files()
    sha256 = hashlib.sha256(b"1").hexdigest()
    assert (file.path, file.size, file.sha256, file.reference) == ("a", 1, sha256, None)
    assert logged.manifest == {"a": file}


@on_the_folder
def test_b8_each_file_and_reference_has_metadata_of_its_own(client: Client) -> None:
    made = Artifact("data", "dataset")
    made.add(b"1", "a", metadata={"rows": 1, "deep": {"list": [1, None]}})
    made.add(b"2", "b")
    made.add_reference("s3://bucket/c", checksum=False, metadata={"region": "eu"})
    with pytest.raises(ValueError, match="cannot be stored"):
        made.add(b"3", "d", metadata={"set": {1}})

    manifest = client.log_artifact(made).manifest

    assert {path: file.metadata for path, file in manifest.items()} == {
        "a": {"rows": 1, "deep": {"list": [1, None]}},
        "b": None,
        "c": {"region": "eu"},
    }


@on_the_folder
def test_b9_a_digest_equal_to_the_latest_makes_no_version_and_to_an_older_one_does(
    client: Client,
) -> None:
    first = client.log_artifact(draft("data", {"a": b"1"}))
    again = client.log_artifact(draft("data", {"a": b"1"}))
    assert (again.created, again.id, again.digest) == (False, first.id, first.digest)

    client.log_artifact(draft("data", {"a": b"2"}))
    third = client.log_artifact(draft("data", {"a": b"1"}))

    assert (third.created, third.version, third.digest) == (True, "v2", first.digest)
    assert len(list(client.artifacts("data"))) == 3


@on_the_folder
def test_b10_the_size_counts_references_that_say_theirs(client: Client) -> None:
    made = draft("data", {"a": b"123"})
    made.add_reference("s3://bucket/b", size=1 << 40)
    made.add_reference("s3://bucket/c", checksum=False)

    assert (made.size, client.log_artifact(made).size) == (3 + (1 << 40), 3 + (1 << 40))


def test_b10_storage_tells_what_would_go_and_what_others_have_too(client: Client) -> None:
    # Others of the service's projects have other contents.
    alpha, beta = f"alpha of {client.project}".encode(), f"beta of {client.project}".encode()
    one = client.log_artifact(draft("data", {"a": alpha, "b": beta}))
    two = client.log_artifact(draft("data", {"b": beta}))

    first, second = one.storage(), two.storage()
    both, project = client.collection("data").storage(), client.storage()

    assert first.shared_bytes == second.shared_bytes == len(beta)
    assert first.bytes == first.exclusive_bytes + len(beta)
    assert (both.shared_bytes, both.bytes) == (0, first.bytes + second.exclusive_bytes)
    assert project == both
    assert client.delete_plan(one).freed_bytes == first.exclusive_bytes
    with pytest.raises(ga.NotFound, match="no project 'nowhere'"):
        client.storage(project="nowhere")


@on_the_folder
def test_b11_metadata_has_at_most_100_keys_and_is_json(client: Client) -> None:
    made = draft("data", {"a": b"1"})
    made.metadata = {str(key): key for key in range(101)}
    with pytest.raises(ga.Refused, match="100"):
        client.log_artifact(made)
    assert nothing_of(client)
    with pytest.raises(ValueError, match="cannot be stored"):
        Artifact("data", "dataset", metadata={"bytes": b""})

    del made.metadata["100"]
    assert len(client.log_artifact(made).metadata) == 100


@on_the_folder
def test_b11_system_metadata_is_apart_and_stored_only_when_asked_for(client: Client) -> None:
    logged = client.log_artifact(draft("data", {"a": b"1"}))
    logged.metadata, logged.system_metadata = {"user": 1}, {"system": 1}
    logged.save()
    found = client.artifact("data")
    assert (found.metadata, found.system_metadata) == ({"user": 1}, {})

    found.system_metadata = {"system": 2}
    found.save(system_metadata=True)
    found.metadata = {}
    found.save()

    found = client.artifact("data")
    assert (found.metadata, found.system_metadata) == ({}, {"system": 2})
