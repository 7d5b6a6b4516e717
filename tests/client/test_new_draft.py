"""The next version of one that is there: only what changed goes up."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest

import graph_api as ga
from graph_api import Client
from graph_api.client import artifact
from graph_api.client.api import Api
from graph_api.client.content import Content
from graph_api.client.draft import Draft
from tests.client.drafts import contents, draft
from tests.client.requests import requested
from tests.service import Service

BIG = os.urandom(1 << 20)
FILES = {"a": b"alpha", "deep/big": BIG, "z": b"zeta"}


def sent(requests: list[httpx.Request]) -> list[int]:
    """Bytes of each file that went to the store."""
    return [int(one.headers["content-length"]) for one in requests if one.method == "PUT"]


def test_only_what_changed_is_sent(client: Client, tmp_path: Path) -> None:
    made = draft("data", FILES)
    made.description, made.metadata = "Three files", {"rows": 3}
    made.add_reference("s3://bucket/elsewhere", size=7, metadata={"kind": "far"})
    first = client.log_artifact(made, aliases=["best"], tags=["raw"])
    changed = client.artifact("data").new_draft()
    changed.remove("a")
    changed.add(b"ZETA!", "z", overwrite=True)
    changed.add(b"new", "n")

    with requested(client) as requests:
        second = client.log_artifact(changed)

    # Draft, what goes, uploads, commit, what it links to; the two files.
    methods = [one.method for one in requests]
    assert methods == ["POST", "POST", "POST", "PUT", "PUT", "POST", "POST"]
    assert sorted(sent(requests)) == [3, 5]
    assert (str(second), second.created) == ("data:v1", True)
    assert (second.description, second.metadata) == ("Three files", {"rows": 3})
    assert (second.aliases, second.tags) == (["latest"], [])
    assert [(file.path, file.reference, file.size) for file in second.files()] == [
        ("deep/big", None, 1 << 20),
        ("elsewhere", "s3://bucket/elsewhere", 7),
        ("n", None, 3),
        ("z", None, 5),
    ]
    assert second.get_path("elsewhere").metadata == {"kind": "far"}
    expected = {"deep/big": BIG, "n": b"new", "z": b"ZETA!"}
    assert contents(second.download(tmp_path / "second", references=False)) == expected
    assert contents(first.download(tmp_path / "first", references=False)) == FILES
    assert sorted(client.artifact(first.id).aliases) == ["best"]


def test_a_renamed_file_is_not_sent_again(client: Client, tmp_path: Path) -> None:
    client.log_artifact(draft("data", FILES))
    changed = client.artifact("data").new_draft()
    moved = changed.rename("deep/big", "a", overwrite=True)
    changed.rename("z", "b")
    changed.rename("b", "b")
    with pytest.raises(ga.PathTaken):
        changed.rename("a", "b")
    with pytest.raises(ga.BadPath, match="is not in the artifact"):
        changed.rename("deep/big", "c")

    with requested(client) as requests:
        second = client.log_artifact(changed)

    assert (moved.path, moved.size) == ("a", 1 << 20)
    assert sent(requests) == []
    assert sum(len(request.content) for request in requests) < 10_000
    assert contents(second.download(tmp_path)) == {"a": BIG, "b": b"zeta"}


def test_a_renamed_file_is_fetched_where_it_is_to_be_sent_elsewhere(client: Client) -> None:
    client.log_artifact(draft("data", FILES))
    changed = client.artifact("data").new_draft()
    changed.remove("a")
    changed.rename("z", "a")

    again = ga.Artifact.from_bytes(changed.to_bytes())

    logged = client.log_artifact(again)
    assert logged.load("a").read() == b"zeta"
    assert [file.path for file in logged.files()] == ["a", "deep/big"]


def test_without_a_change_it_is_the_same_version_and_nothing_is_sent(client: Client) -> None:
    first = client.log_artifact(draft("data", FILES))

    with requested(client) as requests:
        again = client.log_artifact(first.new_draft())

    # Whether the first can be read, draft, commit, what it links to.
    assert [one.method for one in requests] == ["POST"] * 4
    assert (again.id, again.version, again.created) == (first.id, "v0", False)


def test_a_draft_of_a_version_is_a_draft(client: Client) -> None:
    first = client.log_artifact(draft("data", FILES))
    changed = first.new_draft()

    assert (str(changed), changed.type, changed.state) == ("data:(draft)", "dataset", "PENDING")
    assert changed.size == first.size
    with pytest.raises(ga.PathTaken, match="overwrite=True"):
        changed.add(b"other", "a")
    with pytest.raises(ga.NotLogged):
        changed.files()
    assert list(changed.manifest) == ["a", "deep/big", "z"]
    with pytest.raises(ga.NotLogged):
        _ = changed.manifest["a"].uri
    with pytest.raises(ga.NotLogged):
        draft("data", FILES).new_draft()
    with pytest.raises(ga.NotADraft, match=r"new_draft\(\) begins the next version"):
        first.add(b"more", "more")


def test_of_a_deleted_version_there_is_no_draft_and_an_older_one_cannot_be_logged(
    client: Client,
) -> None:
    # Content of this test alone: nothing else keeps it readable.
    first = client.log_artifact(draft("data", {"a": os.urandom(16), "b": b"2"}))
    older = first.new_draft()
    first.delete()

    with pytest.raises(ga.Refused, match=r"restore\(\) takes it back") as refused:
        first.new_draft()
    assert refused.value.code == "DELETED"
    with pytest.raises(ga.Refused, match=r"restore\(\) takes it back") as refused:
        client.log_artifact(older)
    assert refused.value.code == "DELETED"
    assert older.state == "PENDING"
    assert list(client.artifacts()) == []

    first.restore()
    older.remove("b")
    assert str(client.log_artifact(older)) == "data:v1"


def test_another_service_gets_the_files_that_it_lacks(
    client: Client,
    service: Service,
    services: Callable[[Literal["folder", "minio"]], Service],
    tmp_path: Path,
) -> None:
    files = {f"{number:02}": os.urandom(100) for number in range(20)}
    first = client.log_artifact(draft("data", files))
    there = services("minio" if service.byte_store == "folder" else "folder")

    with Client(there.url, project=client.project) as other:
        moved = other.log_artifact(first.new_draft())

        assert moved.digest == first.digest
        assert contents(moved.download(tmp_path)) == files


def test_a_version_that_is_not_there_is_an_error_and_not_one_without_files(
    client: Client, tmp_path: Path
) -> None:
    (tmp_path / "mine").write_bytes(b"mine")
    unknown = "artifact_01k00000000000000000000000"
    content = Content(client.api, client.store, unknown, "data", "v0", "0" * 64)

    for read in (content.files, lambda: content.get("a")):
        with pytest.raises(ga.NotFound, match=f"has no artifact '{unknown}'"):
            read()
    with pytest.raises(ga.NotFound):
        content.materialize(tmp_path, exact=True)
    assert contents(tmp_path) == {"mine": b"mine"}


def many(count: int, **changed: str) -> ga.Artifact:
    """A draft that gives all its files."""
    made = ga.Artifact("many", "dataset")
    for number in range(count):
        path = f"p{number:04}"
        made.add_reference(f"custom://{changed.get(path, path)}", path, metadata={"n": number})
    return made


def given(requests: list[httpx.Request]) -> list[dict[str, Any]]:
    """What was said of files."""
    asked = [json.loads(one.content) for one in requests if one.url.path == "/graphql"]
    said = [it["variables"].get("input", {}) for it in asked]
    return [it for it in said if "files" in it]


def test_many_files_that_are_logged_anew_are_told_by_what_differs(client: Client) -> None:
    first = client.log_artifact(many(1_200))
    changed = many(1_200, p0700="other")
    changed.remove("p0003")
    changed.add(b"new", "q")

    with requested(client) as requests:
        second = client.log_artifact(changed)

    removed, files = given(requests)
    assert (removed["remove"], removed["files"]) == (["p0003"], [])
    assert [file["path"] for file in files["files"]] == ["p0700", "q"]
    assert (second.version, second.created) == ("v1", True)
    assert [(it.path, it.change) for it in second.diff(first)] == [
        ("p0003", "REMOVED"),
        ("p0700", "CHANGED"),
        ("q", "ADDED"),
    ]
    # It is what all its files make.
    again = many(1_200, p0700="other")
    again.remove("p0003")
    again.add(b"new", "q")
    whole = client.log_artifact(again, project="elsewhere")
    assert whole.digest == second.digest
    # Nothing differs, so nothing is told.
    with requested(client) as requests:
        assert client.log_artifact(many(1_200, p0700="p0700"), deduplicate=False).digest == (
            first.digest
        )
        same = client.log_artifact(many(1_200))
    assert [len(it["files"]) + len(it.get("remove", [])) for it in given(requests)] == [1, 2]
    assert (same.version, same.created) == ("v2", False)


def test_many_files_that_have_little_in_common_with_the_latest_are_all_given(
    client: Client,
) -> None:
    client.log_artifact(many(1_200))
    other = ga.Artifact("many", "dataset")
    for number in range(1_200):
        other.add_reference(f"other://{number}", f"p{number:04}")

    with requested(client) as requests:
        client.log_artifact(other)

    assert sum(len(it["files"]) for it in given(requests)) == 1_200


def test_a_folder_over_a_version_tells_what_changed(client: Client, tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number:02}").write_bytes(b"%d" % number)
    made = ga.Artifact("folder", "dataset")
    made.add_dir(tmp_path)
    first = client.log_artifact(made)
    (tmp_path / "07").write_bytes(b"other")
    changed = first.new_draft()
    changed.add_dir(tmp_path, overwrite=True)

    with requested(client) as requests:
        second = client.log_artifact(changed)

    assert [[file["path"] for file in it["files"]] for it in given(requests)] == [["07"]]
    assert [it.path for it in second.diff()] == ["07"]


def test_many_files_are_logged_though_the_version_that_they_are_told_by_goes(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.log_artifact(many(1_200))
    begins = artifact.begin
    bases: list[str | None] = []

    def begin(api: Api, draft: Draft, input: dict[str, Any]) -> str:
        bases.append(draft.base)
        id = begins(api, draft, input)
        if len(bases) == 1:
            first.delete()
        return id

    monkeypatch.setattr(artifact, "begin", begin)
    second = client.log_artifact(many(1_200, p0700="other"))

    assert bases == [first.id, None]
    assert (second.version, len(second.files())) == ("v1", 1_200)


def test_what_many_files_refer_to_is_linked_again(client: Client) -> None:
    source = client.log_artifact(draft("source", {"a": b"1"}))
    entry = source.get_path("a")

    def referring() -> ga.Artifact:
        made = many(1_200)
        made.add_reference(entry, "r")
        return made

    client.log_artifact(referring())
    other = referring()
    other.add_reference("custom://more", "more")
    again = client.log_artifact(other)

    assert source.id in {node.id for node in again.upstream().nodes}
