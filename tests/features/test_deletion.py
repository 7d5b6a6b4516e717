"""Row C5: what is deleted, what stands against it, and the way back."""

from pathlib import Path

import pytest

import graph_api as ga
from graph_api import Artifact, Blocker, Client
from tests.client.drafts import contents, draft
from tests.features.stores import on_the_folder
from tests.service import Service

FILES = {"a": b"alpha", "deep/b": b"beta"}


def states(client: Client, name: str) -> list[str]:
    """The states of all versions of a name."""
    return [artifact.state for artifact in client.artifacts(name, deleted=True)]


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


@on_the_folder
def test_c5_a_collection_is_deleted_where_both_words_are_said(
    client: Client, sweeper: Service
) -> None:
    for number in range(3):
        client.log_artifact(draft("data", {"a": b"%d" % number}), aliases=["best"])
    collection = client.collection("data")
    for words in ({}, {"sure": True}, {"really": True}):
        with pytest.raises(ga.Refused, match="say sure: true and really: true") as refused:
            collection.delete(**words)
        assert refused.value.code == "NOT_SURE"
    assert states(client, "data") == ["COMMITTED"] * 3

    job = collection.delete(sure=True, really=True).wait()

    assert (job.kind, job.done, job.result) == ("DELETE_COLLECTION", 3, None)
    assert states(client, "data") == ["DELETED"] * 3
    with pytest.raises(ga.NotFound):
        client.artifact("data:best")
    assert str(client.log_artifact(draft("data", FILES))) == "data:v3"
    [restored] = client.restore(*[it.id for it in client.artifacts("data", deleted=True)][2:3])
    assert (str(restored), restored.aliases) == ("data:v2", ["best"])


@on_the_folder
def test_c5_what_needs_a_version_of_a_collection_ends_its_deletion(
    client: Client, sweeper: Service
) -> None:
    data = client.log_artifact(draft("data", FILES))
    client.register_model("digits", data)
    collection = client.collection("data")

    with pytest.raises(ga.Needed, match="force the deletion"):
        collection.delete(sure=True, really=True).wait()
    assert states(client, "data") == ["COMMITTED"]

    job = collection.delete(sure=True, really=True, force=True).wait()
    assert (job.status, states(client, "data")) == ("COMPLETED", ["DELETED"])
