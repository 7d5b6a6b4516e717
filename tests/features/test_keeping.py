"""Rows C6, C7 and C14: how long something stays, what never changes, what people note."""

import warnings
from datetime import timedelta
from pathlib import Path

import pytest

import graph_api as ga
from graph_api import Client
from tests.client.drafts import draft
from tests.features.stores import on_the_folder


def test_c6_a_version_says_when_it_goes_and_a_download_warns_before(
    client: Client, tmp_path: Path
) -> None:
    logged = client.log_artifact(draft("data", {"a": b"1"}))
    client.log_artifact(draft("data", {"a": b"2"}))
    assert (logged.record.time_to_live, logged.record.expires_at) == (None, None)
    logged.set_time_to_live(timedelta(days=30))
    assert logged.record.time_to_live == 30 * 86_400
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        logged.download(tmp_path / "a")

    logged.set_time_to_live(timedelta(days=2))
    with pytest.warns(ga.ExpiresSoon, match="^data:v0 is deleted at .* unless a run uses it"):
        logged.download(tmp_path / "b")
    before = logged.record.expires_at
    assert before
    soon = {"expiresAt": {"lte": before.isoformat()}}
    assert [found.id for found in client.artifacts(where=soon)] == [logged.id]
    with client.start_run() as run:
        run.use_artifact(logged)
    after = client.artifact(logged.id).record.expires_at
    assert after
    assert after > before

    for wrong in (timedelta(0), timedelta(days=36_526)):
        with pytest.raises(ga.Refused, match="a time to live is 1 to 3,155,760,000 seconds"):
            logged.set_time_to_live(wrong)
    with pytest.raises(ValueError, match=r"0:00:01\.500000 is not a whole number of seconds"):
        logged.set_time_to_live(timedelta(seconds=1.5))
    logged.set_time_to_live(None)
    assert (logged.record.time_to_live, logged.record.expires_at) == (None, None)
    assert [*client.artifacts(where={"expiresAt": {"exists": True}})] == []


@on_the_folder
def test_c7_nothing_changes_in_what_is_read_only_until_it_is_so_no_longer(client: Client) -> None:
    logged = client.log_artifact(draft("data", {"a": b"1"}), aliases=["best"])
    model = client.register_model("digits", logged) and client.model("digits")
    collection = client.collection("data")
    assert not collection.read_only
    for locked in (collection, model):
        locked.set_read_only()
        assert locked.read_only

    logged.tags.append("x")
    for change in (
        lambda: client.log_artifact(draft("data", {"a": b"2"})),
        lambda: logged.save(),
        lambda: logged.delete(force=True),
        lambda: model.set_stage(0, "PRODUCTION"),
    ):
        with pytest.raises(ga.Refused, match="is read-only") as refused:
            change()
        assert refused.value.code == "READ_ONLY"
    assert [version.version for version in client.artifacts()] == ["v0"]

    for locked in (client.collection("data"), client.model("digits")):
        assert locked.read_only
        locked.set_read_only(False)
    assert logged.save().tags == ["x"]
    assert client.log_artifact(draft("data", {"a": b"2"})).version == "v1"
    assert model.set_stage(0, "PRODUCTION").stage == "PRODUCTION"


@on_the_folder
def test_c14_notes_are_a_log_and_those_under_a_key_answer_for_it(client: Client) -> None:
    logged = client.log_artifact(draft("data", {"a": b"1"}))
    with client.start_run() as run:
        pass
    logged.add_note("Scanned anew, with the lamp on.")
    logged.add_note("Grace", "owner")
    logged.add_note("Ada", "owner")
    run.add_note("The first that converged.")

    assert [(note.key, note.text) for note in logged.notes()] == [
        (None, "Scanned anew, with the lamp on."),
        ("owner", "Grace"),
        ("owner", "Ada"),
    ]
    assert [note.text for note in logged.notes("owner")] == ["Grace", "Ada"]
    assert logged.notes("nobody") == client.collection("data").notes() == []
    (note,) = run.notes()
    assert (note.text, note.by, note.at >= run.record.started_at) == (
        "The first that converged.",
        logged.record.created_by,
        True,
    )
    for text in ("", "  \n", "x" * 65_537):
        with pytest.raises(ga.Refused, match=f"has {len(text):,} characters"):
            logged.add_note(text)
    assert len(logged.notes()) == 3
