"""Rows A: identity, names, versions, stages, words."""

from datetime import timedelta
from typing import Any

import pytest

import graph_api as ga
from graph_api import Artifact, Client
from tests.client.drafts import draft
from tests.client.requests import requested
from tests.features.stores import on_the_folder

pytestmark = on_the_folder


def test_a1_an_artifact_says_its_id_name_type_version_project_and_entity(client: Client) -> None:
    logged = client.log_artifact(draft("data", {"a": b"1"}))

    found = client.artifact("data:v0")

    assert (found.id, found.name, found.type) == (logged.id, "data", "dataset")
    assert (found.version, found.record.index) == ("v0", 0)
    assert (found.project, found.entity) == (client.project, "default")
    with pytest.raises(ga.NotFound, match="no artifact 'data:v1'"):
        client.artifact("data:v1")


@pytest.mark.parametrize("type", [*ga.ArtifactType, "Punktwolke (geprüft)"])
def test_a4_a_type_is_any_text_and_some_have_names(client: Client, type: str) -> None:
    logged = client.log_artifact(draft("data", {"a": b"1"}, type))

    assert (logged.type, client.expected_type("data")) == (str(type), str(type))
    assert [found.id for found in client.artifacts(where={"type": {"eq": type}})] == [logged.id]
    assert ga.ArtifactType("knowledge-graph") is ga.ArtifactType.KNOWLEDGE_GRAPH


def test_a4_the_type_of_a_name_is_known_before_logging(client: Client) -> None:
    assert client.expected_type("data") is None
    client.log_artifact(draft("data", {"a": b"1"}))

    assert client.expected_type("data") == "dataset"
    with requested(client) as requests, pytest.raises(ga.Refused, match="dataset") as refused:
        client.log_artifact(draft("data", {"a": b"2"}, "model"))
    assert refused.value.code == "WRONG_TYPE"
    # Nothing was sent, but the question for a draft.
    assert [request.method for request in requests] == ["POST"]
    assert [str(version) for version in client.artifacts("data")] == ["data:v0"]


def test_a1_a_collection_gets_another_name_and_project_and_no_content_is_sent(
    client: Client,
) -> None:
    logged = client.log_artifact(draft("data", {"a": b"1" * 1000}), aliases=["best"])
    collection, other = client.collection("data"), f"{client.project}-other"
    with pytest.raises(ga.NotFound, match=f"has no Project named '{other}'"):
        collection.move(other)
    with ga.Client(client.url, project=other) as there:
        there.log_artifact(draft("images", {"a": b"3"}))
        with requested(client) as requests:
            collection.rename("images")
            with pytest.raises(ga.Refused, match="already has a ArtifactCollection") as taken:
                collection.move(other)
            collection.rename("pictures")
            collection.move(other)
            collection.move(other)

        assert taken.value.code == "NAME_TAKEN"
        assert (collection.name, collection.project, collection.type) == (
            "pictures",
            other,
            "dataset",
        )
        assert {str(it.url) for it in requests} == {f"{client.url}/graphql"}
        assert max(len(it.content) for it in requests) < 1000
        found = there.artifact("pictures:best")
        assert (found.id, found.project, str(found)) == (logged.id, other, "pictures:v0")
        assert found.load("a").read() == b"1" * 1000
        assert client.artifact(logged.id).project == other
        for old in ("data", "pictures", "images:best"):
            with pytest.raises(ga.NotFound):
                client.artifact(old)
        assert [str(it) for it in there.artifacts()] == ["pictures:v0", "images:v0"]
        assert [str(it) for it in client.artifacts()] == []


def test_a1_models_and_datasets_get_another_name(client: Client) -> None:
    logged = client.log_artifact(draft("data", {"a": b"1"}))
    client.register_model("m", logged)
    client.add_snapshot("d", logged)
    for named, again in ((client.model("m"), client.model), (client.dataset("d"), client.dataset)):
        id, old = named.id, named.name
        named.rename("new")

        assert (named.id, named.name, again("new").id) == (id, "new", id)
        with pytest.raises(ga.NotFound):
            again(old)


def test_a2_the_same_name_gets_the_next_version_or_the_one_that_was_chosen(client: Client) -> None:
    versions = [client.log_artifact(draft("data", {"a": bytes([n])})) for n in range(2)]
    chosen = Artifact("data", "dataset", version="2.0.0")
    chosen.add(b"2", "a")
    versions.append(client.log_artifact(chosen))
    versions.append(client.log_artifact(draft("data", {"a": b"3"})))

    assert [version.version for version in versions] == ["v0", "v1", "2.0.0", "v3"]
    assert [version.record.index for version in versions] == [0, 1, 2, 3]


def test_a2_a_version_that_is_taken_is_refused(client: Client) -> None:
    for content in (b"1", b"2"):
        chosen = Artifact("data", "dataset", version="2.0.0")
        chosen.add(content, "a")
        if content == b"1":
            client.log_artifact(chosen)
    with pytest.raises(ga.Refused, match=r"2\.0\.0"):
        client.log_artifact(chosen)
    assert [version.version for version in client.artifacts("data")] == ["2.0.0"]


def test_a3_a_name_of_101_characters_is_refused_and_one_of_100_is_not(client: Client) -> None:
    with pytest.raises(ga.Refused, match="100"):
        client.log_artifact(draft("n" * 101, {"a": b"1"}))
    assert client.expected_type("n" * 101) is None

    assert client.log_artifact(draft("n" * 100, {"a": b"1"})).name == "n" * 100


def test_a5_no_version_means_the_latest_also_in_another_project_and_by_id(client: Client) -> None:
    for content in (b"1", b"2"):
        client.log_artifact(draft("data", {"a": content}))
    other = f"{client.project}-other"
    with ga.Client(client.url, project=other) as stranger:
        found = stranger.artifact(f"{client.project}/data")
        assert (found.version, found.project) == ("v1", client.project)
        assert stranger.artifact(found.id).version == "v1"
        with pytest.raises(ga.NotFound):
            stranger.artifact("data")


def test_a6_aliases_given_twice_are_one(client: Client) -> None:
    made = Artifact("data", "dataset", aliases=["best", "good", "best"])
    made.add(b"1", "a")
    assert made.aliases == ["best", "good"]

    logged = client.log_artifact(made, aliases=["good", "shiny"])

    assert sorted(logged.aliases) == ["best", "good", "latest", "shiny"]


def test_a6_an_alias_moves_to_the_version_that_takes_it(client: Client) -> None:
    first = client.log_artifact(draft("data", {"a": b"1"}), aliases=["best"])
    second = client.log_artifact(draft("data", {"a": b"2"}))

    second.aliases.append("best")
    second.save()

    assert client.artifact("data:best").id == second.id
    assert client.artifact(first.id).aliases == []
    second.aliases.remove("best")
    second.save()
    with pytest.raises(ga.NotFound):
        client.artifact("data:best")


def test_a6_an_alias_tells_its_history_and_goes_back(client: Client) -> None:
    first, second = [
        client.log_artifact(draft("data", {"a": data}), aliases=["best"]) for data in (b"1", b"2")
    ]
    collection = client.collection("data")

    back = collection.roll_back("best")

    assert (back.id, sorted(back.aliases)) == (first.id, ["best"])
    assert client.artifact("data:best").id == first.id
    one, two, now = collection.history("best")
    assert [period.artifact and period.artifact.id for period in (one, two, now)] == [
        first.id,
        second.id,
        first.id,
    ]
    assert (one.until, two.until, now.until) == (two.since, now.since, None)
    assert (one.ended_at, one.ended_by) == (two.set_at, two.set_by)
    # A lineage of that time is asked for by the same number.
    assert client.lineage(first, as_of=one.since).complete
    with pytest.raises(ga.Refused) as refused:
        collection.roll_back("latest")
    assert refused.value.code == "NOT_FOUND"


def test_a6_a_protected_alias_is_listed_until_it_is_no_longer(client: Client) -> None:
    logged = client.log_artifact(draft("data", {"a": b"1"}), aliases=["best"])
    collection = client.collection("data")

    collection.protect("production", "best")
    assert collection.protected_aliases() == ["best", "production"]
    # Without keys, everybody administers every project.
    logged.aliases.append("production")
    logged.save()
    collection.unprotect("best", "never")

    assert collection.protected_aliases() == ["production"]
    with pytest.raises(ga.NotFound, match="has no artifact collection 'nothing'"):
        client.collection("nothing")
    with pytest.raises(ga.Refused, match="'latest' cannot be given"):
        collection.protect("latest")


def test_a7_tags_are_labels_of_one_version_and_name_nothing(client: Client) -> None:
    client.log_artifact(draft("data", {"a": b"1"}), tags=["raw", "raw", "2024"])
    client.log_artifact(draft("data", {"a": b"2"}), tags=["raw"])

    assert [version.tags for version in client.artifacts("data")] == [["2024", "raw"], ["raw"]]
    assert client.artifact("data").aliases == ["latest"]
    with pytest.raises(ga.NotFound):
        client.artifact("data:raw")


def test_a8_a_stage_means_the_latest_version_that_has_it(client: Client) -> None:
    for number, stage in enumerate(("PRODUCTION", "PRODUCTION", "STAGING", None)):
        logged = client.log_artifact(draft("digits", {"model": bytes([number])}, "model"))
        client.register_model("digits", logged, stage=stage)
    model = client.model("digits")

    assert (model.version(stage="PRODUCTION").index, model.version(stage="STAGING").index) == (1, 2)
    assert (model.version(stage="NONE").index, model.version().index) == (3, 3)
    assert model.version(0).stage == "PRODUCTION"
    for stage in ("ABANDONED", "DEPRECATED"):
        with pytest.raises(ga.NotFound, match=f"no version in stage {stage}"):
            model.version(stage=stage)
        assert model.set_stage(2, stage).stage == stage
        assert model.version(stage=stage).index == 2


def test_a8_a_stage_tells_its_history_and_goes_back(client: Client) -> None:
    for number in range(2):
        logged = client.log_artifact(draft("digits", {"model": bytes([number])}, "model"))
        client.register_model("digits", logged, stage="STAGING")
    model = client.model("digits")
    for index, stage in ((0, "PRODUCTION"), (1, "PRODUCTION"), (0, "DEPRECATED")):
        model.set_stage(index, stage)

    back = model.roll_back("PRODUCTION")

    assert (back.index, back.stage, back.artifact.version) == (0, "PRODUCTION", "v0")
    assert [version.stage for version in model.versions()] == ["PRODUCTION", "STAGING"]
    told = [(period.index, period.until is None) for period in model.stage_history(stage="STAGING")]
    assert told == [(0, False), (1, False), (1, True)]
    assert [period.stage for period in model.stage_history(0)] == [
        "STAGING",
        "PRODUCTION",
        "DEPRECATED",
        "PRODUCTION",
    ]


def test_a8_a_version_and_a_stage_together_are_a_value_error(client: Client) -> None:
    logged = client.log_artifact(draft("digits", {"model": b"1"}, "model"))
    client.register_model("digits", logged)
    model = client.model("digits")

    with pytest.raises(ValueError, match="exclude each other"):
        client.load_model("digits", 0, "NONE")
    with pytest.raises(ValueError, match="exclude each other"):
        model.version(0, "NONE")
    document = 'query ($id: ID!) { model(id: $id) { version(index: 0, stage: "NONE") { index } } }'
    with pytest.raises(ga.Refused):
        client.execute(document, {"id": model.id})


@pytest.mark.parametrize("nothing", [None, ""])
def test_a9_an_empty_description_deletes_it(client: Client, nothing: str | None) -> None:
    made = draft("data", {"a": b"1"})
    made.description = "# All of it"
    logged = client.log_artifact(made)
    assert client.artifact("data").description == "# All of it"

    logged.description = nothing
    logged.save()

    assert (logged.description, client.artifact("data").description) == (None, None)


def test_a10_every_change_moves_the_time_of_the_last_and_no_reading_does(client: Client) -> None:
    logged = client.log_artifact(draft("data", {"a": b"1"}))
    created = logged.record.created_at
    assert (logged.record.updated_at - created) >= timedelta()
    changes: list[dict[str, Any]] = [
        {"metadata": {"rows": 1}},
        {"aliases": ["best"]},
        {"tags": ["x"]},
        {"description": "One row"},
        {"aliases": []},
    ]
    for change in changes:
        before = client.artifact("data").record
        for name, value in change.items():
            setattr(logged, name, value)
        logged.save()
        after = client.artifact("data").record
        assert after.updated_at > before.updated_at, change
        assert (after.created_at, after.updated_by) == (created, after.created_by)
        assert client.artifact("data").record == after


def test_a10_the_version_that_loses_an_alias_has_changed_too(client: Client) -> None:
    first = client.log_artifact(draft("data", {"a": b"1"}), aliases=["best"])
    client.log_artifact(draft("data", {"a": b"2"}), aliases=["best"])

    assert client.artifact(first.id).record.updated_at > first.record.updated_at


def test_a10_the_history_says_who_changed_what_and_what_it_was_before(client: Client) -> None:
    logged = client.log_artifact(draft("data", {"a": b"1"}), tags=["x"])
    logged.description, logged.tags = "One row", []
    logged.save()
    collection = client.collection("data")
    collection.rename("rows")

    committed, updated = logged.history()
    assert (committed.what, committed.before, committed.after) == ("Artifact committed", {}, {})
    assert (updated.by, updated.what) == (
        logged.record.updated_by,
        "Artifact updated: description, metadata, tags",
    )
    # The metadata was said again.
    assert updated.before == {"description": None, "tags": ["x"]}
    assert updated.after == {"description": "One row", "tags": []}
    assert (committed.at, updated.at) == (logged.record.committed_at, logged.record.updated_at)
    assert committed.seq < updated.seq
    _, renamed = collection.history()
    assert (renamed.before, renamed.after) == ({"name": "data"}, {"name": "rows"})
    assert collection.history("best") == []


def test_a10_the_past_says_what_was_said_then(client: Client) -> None:
    first = client.log_artifact(draft("data", {"a": b"1"}), tags=["x"], aliases=["best"])
    (committed,) = first.history()
    first.description, first.tags = "One row", []
    first.save()
    second = client.log_artifact(draft("data", {"a": b"2"}), aliases=["best"])
    client.register_model("m", first, stage="PRODUCTION")
    staged = client.model("m").history()[-1]
    client.register_model("m", second, stage="PRODUCTION")

    for as_of in (committed.seq, committed.at):
        past = first.past(as_of)
        assert past
        assert (past.seq, past.name, past.project) == (committed.seq, "data", client.project)
        assert (past.description, past.tags, past.state) == (None, ["x"], "COMMITTED")
        assert (past.status, past.ended_at, past.read_only) == (None, None, None)
        assert second.past(as_of) is None
        assert client.artifact("data:best", as_of=as_of).id == first.id
        assert client.artifact("data", as_of=as_of).id == first.id
    now = first.past(staged.seq)
    assert now
    assert (now.description, now.tags) == ("One row", [])
    assert client.artifact("data:best").id == second.id
    with pytest.raises(ga.NotFound, match="no artifact 'data:best'"):
        client.artifact("data:best", as_of=committed.seq - 1)
    model = client.model("m")
    assert model.version(stage="PRODUCTION").artifact.id == second.id
    then = model.version(stage="PRODUCTION", as_of=staged.seq)
    assert (then.artifact.id, then.index) == (first.id, 0)


def test_a11_an_artifact_reads_as_name_and_version(client: Client) -> None:
    made = draft("data", {"a": b"1"})
    assert (str(made), repr(made)) == (
        "data:(draft)",
        "<Artifact data:(draft) dataset PENDING>",
    )

    logged = client.log_artifact(made)

    assert (str(logged), repr(logged)) == ("data:v0", "<Artifact data:v0 dataset COMMITTED>")
