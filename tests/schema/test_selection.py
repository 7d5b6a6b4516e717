"""Of an entity only what a document asks for is read, and it is the same whatever else it asks."""

from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type, is_required_argument

from graph_api.models.columns import ROWS
from graph_api.models.entity import Kind
from graph_api.schema import schema
from tests.schema.conftest import Api

pytestmark = pytest.mark.no_bytes

TYPES = schema._schema.type_map  # pyright: ignore[reportPrivateUsage]  # strawberry has no public way
WORLD = """mutation {
  project: createProject(input: {name: "p", description: "d", metadata: {a: 1}}) {
    ... on ProjectPayload { project { id organization { id } } } }
  experiment: createExperiment(input: {project: "p", name: "e", description: "d"}) {
    ... on ExperimentPayload { experiment { id } } }
  run: startRun(input: {project: "p", experiment: "e", name: "r", parameters: {lr: 0.5}}) {
    ... on RunPayload { run { id } } }
  artifact: logArtifact(input: {project: "p", name: "a", type: "t", files: [], tags: ["x"]}) {
    ... on CommitPayload { artifact { id collection { id } } } }
  model: createModel(input: {project: "p", name: "m", metadata: {a: 1}}) {
    ... on ModelPayload { model { id } } }
  dataset: createDataset(input: {project: "p", name: "s"}) {
    ... on DatasetPayload { dataset { id } } }
}"""


async def one_of_each(api: Api) -> dict[Kind, str]:
    made = await api.data(WORLD)
    return {
        "Organization": made["project"]["project"]["organization"]["id"],
        "Project": made["project"]["project"]["id"],
        "ArtifactCollection": made["artifact"]["artifact"]["collection"]["id"],
        "Artifact": made["artifact"]["artifact"]["id"],
        "Experiment": made["experiment"]["experiment"]["id"],
        "Run": made["run"]["run"]["id"],
        "Model": made["model"]["model"]["id"],
        "Dataset": made["dataset"]["dataset"]["id"],
    }


def fields(kind: Kind) -> list[str]:
    """Each field of a type as it is selected, where it can be without arguments."""
    type = TYPES[kind]
    assert isinstance(type, GraphQLObjectType)
    return [
        name if is_leaf_type(get_named_type(field.type)) else f"{name} {{ __typename }}"
        for name, field in type.fields.items()
        if not any(map(is_required_argument, field.args.values()))
    ]


async def test_a_field_is_answered_alone_as_beside_all_others(api: Api) -> None:
    ids = await one_of_each(api)

    async def answered(kind: Kind, selection: str) -> dict[str, Any]:
        document = f"query ($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {selection} }} }} }}"
        return (await api.data(document, id=ids[kind]))["node"]

    assert ids.keys() == ROWS.keys()
    for kind in ROWS:
        asked = fields(kind)
        whole = await answered(kind, " ".join(asked))
        assert len(whole) == len(asked) >= 9
        for field in asked:
            alone = await answered(kind, field)
            assert alone == {key: whole[key] for key in alone}, (kind, field)
            spread = f"{{ node(id: $id) {{ ...F }} }} fragment F on {kind} {{ x: {field} }}"
            named = (await api.data(f"query ($id: ID!) {spread}", id=ids[kind]))["node"]
            assert [*named.values()] == [*alone.values()], (kind, field)


async def test_what_is_asked_for_below_is_read_of_neighbours_and_lists_too(api: Api) -> None:
    ids = await one_of_each(api)
    await api.data(
        """mutation ($run: ID!, $ids: [ID!]!) {
          log(input: {run: $run, entities: $ids}) { __typename }
          use(input: {run: $run, entities: $ids}) { __typename } }""",
        run=ids["Run"],
        ids=[ids["Dataset"]],
    )

    found = await api.data(
        """{ runs(project: "p") { edges { node { startedAt logged { nodes { reused entity {
          label kind ... on Dataset { metadata project { name } } } } } } } } }"""
    )

    (edge,) = found["runs"]["edges"]
    assert edge["node"].keys() == {"startedAt", "logged"}
    assert edge["node"]["logged"]["nodes"] == [
        {
            "reused": False,
            "entity": {
                "label": "s",
                "kind": "DATASET",
                "metadata": {},
                "project": {"name": "p"},
            },
        }
    ]
