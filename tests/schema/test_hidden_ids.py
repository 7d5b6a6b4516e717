"""A hidden id answers exactly like an unknown one, wherever an id can be given."""

import json
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    InputObjectTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    TypeNode,
    parse,
    print_ast,
)

from graph_api.blobs import FolderBlobs
from graph_api.graph import Graph
from graph_api.models.entity import PREFIXES, new_id
from graph_api.models.viewer import Viewer
from graph_api.schema import schema
from graph_api.services.stores import Stores
from graph_api.settings import Settings
from tests.schema.restricted import DUMP, Asker, Visible
from tests.schema.worlds import Builder

# What a mutation takes besides the id in question ("?"); "mine" is a run of mine.
MUTATIONS: dict[str, dict[str, Any]] = {
    "addAliases": {"artifact": "?", "aliases": ["a"]},
    "addNote": {"entity": "?", "text": "n"},
    "addSnapshot": {"project": "north", "dataset": "amber north", "artifact": "?"},
    "approve": {"artifact": "?", "as": "n"},
    "cancelJob": {"job": "?"},
    "clear": {"withdrawn": "?", "entity": "mine", "reason": "r"},
    "cloneDataset": {"dataset": "?", "name": "n"},
    "commitArtifact": {"draft": "?"},
    "createWebhook": {
        "project": "north",
        "url": "https://example.org/",
        "events": ["LINEAGE_CHANGED"],
        "of": "?",
    },
    "completePack": {"draft": "?", "number": 0},
    "createDraft": {"project": "north", "name": "n", "type": "t", "run": "?"},
    "deleteDraft": {"draft": "?"},
    "finishRun": {"run": "?", "status": "FAILED"},
    "heartbeat": {"run": "?"},
    "link": {"source": "?", "target": "mine", "role": "r"},
    "log": {"run": "?", "entities": []},
    "logArtifact": {"project": "north", "name": "n", "type": "t", "run": "?", "files": []},
    "logMetrics": {"run": "?", "points": [{"key": "k", "value": 1}]},
    "logParameters": {"run": "?", "parameters": {"a": 1}},
    "moveArtifactCollection": {"collection": "?", "project": "north"},
    "protectAliases": {"collection": "?", "aliases": ["a"]},
    "registerModel": {"project": "north", "model": "amber north", "artifact": "?"},
    "deleteIntegration": {"id": "?", "sure": True, "really": True},
    "deleteArtifactCollection": {"id": "?", "sure": True, "really": True},
    "deleteArtifacts": {"artifacts": ["?"], "force": True},
    "deleteWebhook": {"id": "?"},
    "removeAliases": {"artifact": "?", "aliases": ["a"]},
    "replayWebhook": {"id": "?", "after": 0},
    "requestUploads": {"draft": "?", "files": []},
    "restoreArtifacts": {"artifacts": ["?"]},
    "revokeApproval": {"artifact": "?", "as": "n"},
    "rollBackAlias": {"collection": "?", "alias": "a", "from": None},
    "rotateWebhookSecret": {"id": "?"},
    "rollBackStage": {"model": "?", "stage": "STAGING", "from": None},
    "setReadOnly": {"id": "?", "readOnly": True},
    "setStage": {"model": "?", "index": 0, "stage": "STAGING"},
    "setTimeToLive": {"artifact": "?", "seconds": 60},
    "startRun": {"project": "north", "used": ["?"]},
    "unprotectAliases": {"collection": "?", "aliases": ["a"]},
    "updateArtifact": {"id": "?", "description": "d"},
    "updateArtifactCollection": {"id": "?", "name": "d"},
    "updateDataset": {"id": "?", "name": "d"},
    "updateExperiment": {"id": "?", "name": "d"},
    "updateIntegration": {"id": "?", "newName": "d"},
    "updateModel": {"id": "?", "name": "d"},
    "updateProject": {"id": "?", "description": "d"},
    "updateRun": {"id": "?", "name": "d"},
    "updateWebhook": {"id": "?", "enabled": False},
    "use": {"run": "mine", "entities": ["?"]},
    "verifyArtifact": {"artifact": "?"},
    "withdraw": {"entity": "?", "reason": "r"},
}
# An upload is its user's, in no project.
OWN = {"completeUpload", "requestParts"}

_ONE = ("artifact", "artifactCollection", "dataset", "experiment", "model", "project", "run")
QUERIES = [
    "node(id: $id) { id }",
    "nodes(ids: [$id]) { id }",
    *(f"{name}(id: $id) {{ id }}" for name in (*_ONE, "integration", "job", "webhook")),
    "lineage(roots: [$id]) { nodeCount }",
    "lineageSummary(roots: [$id], collapseBy: TYPE) { nodeCount groups { nodes { key } } }",
    'artifact(id: $id) { policyCheck(project: "south") { passes } }',
    "artifact(id: $id) { approvals { name } policyCheck { passes } }",
    "impact(id: $id) { bytes affected { nodes { severity } } }",
    "lineagePaths(from: $id, to: $id) { paths { nodes { length } } }",
    "lineageDiff(before: $id, after: $id) { ancestors { nodes { depth } } }",
    "deletePlan(artifacts: [$id]) { bytes freedBytes blockers { reason } }",
    "search(text: $text) { nodes { entity { id } } }",
    *(
        f'{name}s(project: "north", where: {{{filter}: $id}}) {{ totalCount nodes {{ id }} }}'
        for name in _ONE
        if name != "project"
        for filter in ("usedBy", "loggedBy", "upstreamOf", "downstreamOf")
    ),
    'runs(project: "north", where: {uses: $id}) { totalCount nodes { id } }',
    'runs(project: "north", where: {logged: $id}) { totalCount nodes { id } }',
    'runs(project: "north", where: {experiment: {in: [$id]}}) { totalCount nodes { id } }',
    'artifacts(project: "north", where: {collection: {ne: $id}}) { totalCount nodes { id } }',
    'models(project: "north", where: {id: {eq: $id}}) { totalCount nodes { id } }',
    "projects(where: {usedBy: $id}) { totalCount nodes { id } }",
    'artifactCollection(project: "north", name: "amber") { artifacts { nodes { '
    "diff(since: $id) { nodes { path } } } } }",
]


def taking_ids(sdl: str) -> set[str]:
    """The mutations that take an id."""
    fields = {
        definition.name.value: definition.fields or ()
        for definition in parse(sdl).definitions
        if isinstance(definition, InputObjectTypeDefinitionNode)
    }
    takers = {
        name for name, parts in fields.items() if any(_names(part.type, "ID") for part in parts)
    }
    (mutations,) = (
        definition.fields or ()
        for definition in parse(sdl).definitions
        if isinstance(definition, ObjectTypeDefinitionNode) and definition.name.value == "Mutation"
    )
    return {
        field.name.value
        for field in mutations
        if any(_names(argument.type, *takers) for argument in field.arguments or ())
    }


def _names(type: TypeNode, *names: str) -> bool:
    return print_ast(type).strip("[]!") in names


def test_the_table_holds_every_mutation_that_takes_an_id() -> None:
    assert taking_ids(schema.as_str()) == MUTATIONS.keys() | OWN


@pytest.fixture
async def limited(connected: Graph, neo4j: Settings, tmp_path: Path, viewer: Viewer) -> Asker:
    """Someone who sees one project of three that flow into each other."""
    blobs = FolderBlobs(tmp_path, b"secret")
    await blobs.check()
    stores = Stores.of(connected, blobs)
    builder = Builder(stores, viewer)
    await builder.build([])
    north = (await builder.projects())["north"]
    return Asker(neo4j, stores, viewer.model_copy(update={"projects": (north,)}))


def plain(answer: object, id: str) -> str:
    """An answer without the id that was asked for."""
    return json.dumps(answer, sort_keys=True).replace(id, "?")


def filled(input: dict[str, Any], id: str, run: str) -> dict[str, Any]:
    """What a mutation takes, with an id for "?" and a run of mine for "mine"."""
    return json.loads(json.dumps(input).replace('"?"', f'"{id}"').replace('"mine"', f'"{run}"'))


def input_type(mutation: str) -> str:
    """The name of what it takes."""
    shared = {"use": "RunEntities", "log": "RunEntities"}
    shared |= dict.fromkeys(("addAliases", "removeAliases"), "Aliases")
    shared |= dict.fromkeys(("protectAliases", "unprotectAliases"), "AliasProtection")
    return shared.get(mutation, mutation[0].upper() + mutation[1:]) + "Input"


async def test_a_hidden_id_answers_like_an_unknown_one(limited: Asker) -> None:
    graph = limited.stores.graph
    before = await graph.fetch(DUMP)
    world = Visible(before[0], limited.viewer)
    run = world.ids("Run")[0]
    hidden_of = {id.rpartition("_")[0]: id for id in world.hidden}
    assert hidden_of.keys() == set(PREFIXES.values()) - {"organization", "experiment"}

    for prefix, hidden in hidden_of.items():
        unknown = f"{prefix}_{new_id('Run').rpartition('_')[2]}"
        for query in QUERIES:
            document = f"query ($id: ID!) {{ {query} }}"
            if "$text" in query:
                document = f"query ($id: String!) {{ {query.replace('$text', '$id')} }}"
            told = [plain(await limited.ask(document, id=id), id) for id in (hidden, unknown)]
            assert told[0] == told[1], (query, hidden)
        for mutation, input in MUTATIONS.items():
            document = f"""mutation ($input: {input_type(mutation)}!) {{
              {mutation}(input: $input) {{ __typename ... on Error {{ message code }} }} }}"""
            told = [
                plain(await limited.ask(document, input=filled(input, id, run)), id)
                for id in (hidden, unknown)
            ]
            assert told[0] == told[1], (mutation, hidden)
            assert '"NOT_FOUND"' in told[0] or '"WRONG_KIND"' in told[0], (mutation, hidden)
    assert await graph.fetch(DUMP) == before


async def test_a_repeated_call_does_not_answer_with_what_is_hidden_by_now(limited: Asker) -> None:
    north = limited.viewer.projects
    document = """mutation ($p: String!) { startRun(input: {project: $p, idempotencyKey: "k"}) {
      ... on RunPayload { run { id } } ... on Error { message code } } }"""

    limited.viewer = limited.viewer.model_copy(update={"projects": None})
    made = (await limited.data(document, p="south"))["startRun"]["run"]["id"]
    limited.viewer = limited.viewer.model_copy(update={"projects": north})
    again = await limited.data(document, p="south")

    assert again["startRun"] == {"message": f"No Run has the id '{made}'.", "code": "NOT_FOUND"}
