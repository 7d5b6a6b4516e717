"""What all entities share: being found, being changed."""

import pytest

from graph_api.errors import UnknownId, WrongKind
from graph_api.graph import Query
from graph_api.models.artifact import Artifact
from graph_api.models.entity import new_id
from graph_api.services import artifact_collection, entity, run
from tests.services.world import LIMITS, Properties, World

pytestmark = pytest.mark.no_bytes

REVISIONS = Query(
    "tests/revisions",
    "MATCH (r:Revision)-[:REVISES]->(:Entity {id: $id}) RETURN properties(r) AS of",
    Properties,
)


async def test_entities_of_any_kind_are_located_in_one_batch(world: World) -> None:
    scope = await world.project("digits")
    model, made = await world.model("m"), await world.log("data", {"a": b"1"})

    found = await entity.locate(world.graph, world.viewer, [made.id, model, scope])

    assert {id: (row.kind, row.project_id) for id, row in found.items()} == {
        made.id: ("Artifact", scope),
        model: ("Model", scope),
        scope: ("Project", scope),
    }


async def test_what_is_unknown_hidden_or_a_draft_is_not_located(world: World) -> None:
    model, draft, unknown = await world.model("m"), await world.draft(), new_id("Run")
    stranger = world.viewer.model_copy(update={"projects": ()})

    for id in (draft, unknown, "run_nonsense", "nonsense"):
        with pytest.raises(UnknownId, match=f"has the id '{id}'"):
            await entity.locate(world.graph, world.viewer, [model, id])
    with pytest.raises(UnknownId, match=f"^No Model has the id '{model}'"):
        await entity.locate(world.graph, stranger, [model])


async def test_an_id_of_another_kind_says_both_kinds(world: World) -> None:
    model = await world.model("m")

    with pytest.raises(WrongKind, match=f"'{model}' .* Model; .* Run"):
        await entity.locate(world.graph, world.viewer, [model], "Run")


async def test_an_update_keeps_what_was_in_a_revision(world: World) -> None:
    id = await world.run(name="first", metadata={"a": 1, "b": {"c": 2}})

    await run.update(world.graph, world.viewer, LIMITS, id, name="second", metadata={"a": 3})

    (revision,) = await world.graph.fetch(REVISIONS, id=id)
    assert revision.of["before"] == '{"metadata":{"a":1,"b":{"c":2}},"name":"first"}'
    assert (revision.of["until"], revision.of["by"]) == ((await world.snapshot())["seq"][0], "ada")
    assert await world.properties(id, "meta.") == {"meta.a": 3}


async def test_entities_of_any_kind_are_read_in_one_statement(world: World) -> None:
    data, draft = await world.log("data", {"a": b"1"}), await world.draft("data")
    train, scope = await world.run(), await world.project()
    ids = (train, new_id("Run"), data.id, "", scope, draft, "artifact_no", train)

    whole, none, one = await entity.Entities()(
        world.graph, world.viewer, [ids, ("", "artifact_no"), (scope,)]
    )

    assert [(row.kind, row.id) for row in whole] == [
        ("Run", train),
        ("Artifact", data.id),
        ("Project", scope),
        ("Artifact", draft),
        ("Run", train),
    ]
    assert ([*none], [*one]) == ([], [whole[2]])
    for row in whole:
        assert row.model_dump().keys() == type(row).model_fields.keys()
        assert type(row).model_validate(row.model_dump()) == row
    assert await entity.by_ids(world.graph, world.viewer, Artifact, [train, draft]) == [
        None,
        whole[3],
    ]


async def test_of_entities_only_what_is_wanted_is_read(world: World) -> None:
    data, train = await world.log("data", {"a": b"1"}), await world.run()
    wanted = entity.Entities(frozenset({"id", "version", "number", "nonsense"}))

    ((version, run),) = await wanted(world.graph, world.viewer, [(data.id, train)])

    assert vars(version) == {"id": data.id, "version": "v0"}
    assert vars(run) == {"id": train, "number": 1}
    with pytest.raises(AttributeError, match="created_at"):
        _ = version.created_at


async def test_a_draft_has_the_name_that_its_collection_has_now(world: World) -> None:
    draft = await world.draft("data")
    (before,) = await entity.by_ids(world.graph, world.viewer, Artifact, [draft])
    assert before

    await artifact_collection.update(
        world.graph, world.viewer, LIMITS, before.collection_id, name="facts"
    )

    (after,) = await entity.by_ids(world.graph, world.viewer, Artifact, [draft])
    assert after == before.model_copy(update={"name": "facts"})
    assert (before.name, before.type) == ("data", "dataset")
