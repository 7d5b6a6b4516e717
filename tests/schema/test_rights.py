"""What a key opens: every mutation and every route, with keys that do not reach it."""

from collections.abc import AsyncGenerator, Callable
from typing import Any, cast

import httpx
import pytest
from graphql import (
    build_schema,
)
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from graph_api.blobs import BlobStore
from graph_api.graph import Graph, Query
from graph_api.models.entity import new_id
from graph_api.models.viewer import Viewer
from graph_api.schema import schema
from graph_api.services import api_key
from graph_api.settings import Limits, Settings
from tests.schema.conftest import in_process

pytestmark = pytest.mark.no_bytes

SIZE = 6 << 20


class World(BaseModel, frozen=True):
    """All nodes and edges, in no order that a test could rely on but its own."""

    found: list[str]


EVERYTHING = Query(
    "tests/everything",
    """
    CALL () {
      MATCH (n) WHERE NOT n:ApiKey
      RETURN labels(n) AS kind, elementId(n) AS id, properties(n) AS held
      UNION ALL
      MATCH ()-[e]->() RETURN [type(e)] AS kind, elementId(e) AS id, properties(e) AS held
    }
    UNWIND keys(held) AS key
    WITH kind, id, key, held ORDER BY id, key
    RETURN collect(kind[0] + ' ' + id + ' ' + key + ' ' +
      toString(coalesce(toStringOrNull(held[key]), size(held[key])))) AS found
    """,
    World,
)


class Edge:
    """The service in this process, where every request needs a key."""

    def __init__(self, app: Starlette, http: httpx.AsyncClient, graph: Graph, viewer: Viewer):
        self.app, self.http, self.graph, self.viewer = app, http, graph, viewer

    async def key(self, user: str, **grants: Any) -> dict[str, str]:
        """The header of a new key."""
        made = await api_key.create(self.graph, self.viewer, Limits(), user, **grants)
        return {"authorization": f"Bearer {made.secret}"}

    async def ask(self, headers: dict[str, str], query: str, **variables: Any) -> dict[str, Any]:
        """The whole answer."""
        body = {"query": query, "variables": variables}
        return (await self.http.post("/graphql", json=body, headers=headers)).json()

    async def change(self, headers: dict[str, str], verb: str, input: dict[str, Any]) -> str:
        """The code with which a mutation is refused; an empty one where it is not."""
        field = MUTATIONS[verb]
        of_type = str(field.args["input"].type)
        answer = await self.ask(
            headers,
            f"mutation ($input: {of_type}) {{ {verb}(input: $input) "
            "{ __typename ... on Error { code } } }",
            input=input,
        )
        if "errors" in answer:
            return answer["errors"][0]["extensions"]["code"]
        return answer["data"][verb].get("code", "")


BUILT = build_schema(schema.as_str())
assert BUILT.mutation_type
MUTATIONS = BUILT.mutation_type.fields


@pytest.fixture
async def edge(
    graph: Graph, neo4j: Settings, blobs: BlobStore, viewer: Viewer
) -> AsyncGenerator[Edge]:
    settings = neo4j.model_copy(update={"keys": True, "part_bytes": 5 << 20})
    async with in_process(settings, graph, blobs) as (app, http):
        yield Edge(app, http, graph, viewer)


WORLD = """mutation {
  run: startRun(input: {project: "secret", experiment: "e", key: "k"}) {
    ... on RunPayload { run { id experiment { id } project { id } } } }
  log: logArtifact(input: {project: "secret", name: "data", type: "dataset", aliases: ["best"],
      files: [{path: "a", content: "aGlkZGVu"}]}) {
    ... on CommitPayload { artifact { id collection { id } } } }
  spare: logArtifact(input: {project: "secret", name: "spare", type: "dataset",
      files: [{path: "a", content: "c3BhcmU="}]}) { ... on CommitPayload { artifact { id } } }
  lost: logArtifact(input: {project: "secret", name: "lost", type: "dataset",
      files: [{path: "a", content: "bG9zdA=="}]}) { ... on CommitPayload { artifact { id } } }
  model: createModel(input: {project: "secret", name: "m"}) { ... on ModelPayload { model { id } } }
  dataset: createDataset(input: {project: "secret", name: "d"}) {
    ... on DatasetPayload { dataset { id } } }
  draft: createDraft(input: {project: "secret", name: "more", type: "t"}) {
    ... on DraftPayload { artifact { id } } }
  integration: createIntegration(input: {project: "secret", name: "lake",
      options: {bucket: "lake", accessKey: "a", secretKey: "s"}}) {
    ... on IntegrationPayload { integration { id } } }
  webhook: createWebhook(input: {project: "secret", url: "https://example.org/",
      events: [ARTIFACT_COMMITTED]}) { ... on WebhookSecretPayload { webhook { id } } }
}"""

STARTED = """mutation ($id: ID!) { verifyArtifact(input: {artifact: $id}) {
  ... on JobPayload { job { id } } } }"""


async def made(edge: Edge, owner: dict[str, str]) -> dict[str, str]:
    """A world in the project `secret`; the ids of what is in it."""
    data = (await edge.ask(owner, WORLD))["data"]
    run = data["run"]["run"]
    ids = {
        "run": run["id"],
        "experiment": run["experiment"]["id"],
        "project": run["project"]["id"],
        "artifact": data["log"]["artifact"]["id"],
        "collection": data["log"]["artifact"]["collection"]["id"],
        "spare": data["spare"]["artifact"]["id"],
        "lost": data["lost"]["artifact"]["id"],
        "model": data["model"]["model"]["id"],
        "dataset": data["dataset"]["dataset"]["id"],
        "draft": data["draft"]["artifact"]["id"],
        "integration": data["integration"]["integration"]["id"],
        "webhook": data["webhook"]["webhook"]["id"],
    }
    registered = {"project": "secret", "model": "m", "artifact": ids["artifact"]}
    assert await edge.change(owner, "registerModel", registered) == ""
    assert await edge.change(owner, "deleteArtifacts", {"artifacts": [ids["lost"]]}) == ""
    started = await edge.ask(owner, STARTED, id=ids["artifact"])
    ids["job"] = started["data"]["verifyArtifact"]["job"]["id"]
    files = [{"path": "big", "size": SIZE, "sha256": "a" * 64}]
    uploads = await edge.ask(
        owner,
        """mutation ($input: RequestUploadsInput!) { requestUploads(input: $input) {
          ... on UploadsPayload { multipartUploads { upload } } } }""",
        input={"draft": ids["draft"], "files": files},
    )
    (upload,) = uploads["data"]["requestUploads"]["multipartUploads"]
    withdrawn = {"entity": ids["dataset"], "reason": "x"}
    assert await edge.change(owner, "withdraw", withdrawn) == ""
    return ids | {"upload": upload["upload"], "withdrawn": ids["dataset"]}


def changes(ids: dict[str, str]) -> dict[str, dict[str, Any]]:
    """What each mutation is given, which the owner of the world could do."""
    named = {"project": "secret", "name": "new"}
    run, artifact, model = ids["run"], ids["artifact"], ids["model"]
    return {
        "createProject": {"name": "another"},
        "updateProject": {"id": ids["project"], "description": "x"},
        "createArtifactCollection": named | {"type": "t"},
        "updateArtifactCollection": {"id": ids["collection"], "name": "x"},
        # To where it is already; tests/services/test_move.py has what it takes between two.
        "moveArtifactCollection": {"collection": ids["collection"], "project": "secret"},
        "createDraft": named | {"type": "t"},
        "commitArtifact": {"draft": ids["draft"]},
        "deleteDraft": {"draft": ids["draft"]},
        "logArtifact": named | {"type": "t"},
        "updateArtifact": {"id": artifact, "addTags": ["x"]},
        "addAliases": {"artifact": artifact, "aliases": ["x"]},
        "removeAliases": {"artifact": artifact, "aliases": ["best"]},
        "rollBackAlias": {"collection": ids["collection"], "alias": "best", "from": None},
        "protectAliases": {"collection": ids["collection"], "aliases": ["x"]},
        "unprotectAliases": {"collection": ids["collection"], "aliases": ["x"]},
        "addNote": {"entity": ids["collection"], "text": "x"},
        "setReadOnly": {"id": ids["dataset"], "readOnly": False},
        "withdraw": {"entity": ids["model"], "reason": "x"},
        "clear": {"withdrawn": ids["withdrawn"], "entity": ids["withdrawn"], "reason": "x"},
        "setPolicy": {"project": "secret", "policy": {"greatestAge": 60}},
        "approve": {"artifact": artifact, "as": "legal"},
        "revokeApproval": {"artifact": artifact, "as": "legal"},
        "setTimeToLive": {"artifact": artifact, "seconds": 60},
        "deleteArtifacts": {"artifacts": [ids["spare"]]},
        "restoreArtifacts": {"artifacts": [ids["lost"]]},
        "requestUploads": {
            "draft": ids["draft"],
            "files": [{"path": "a", "size": 1, "sha256": "b" * 64}],
        },
        "requestParts": {
            "upload": ids["upload"],
            "parts": [{"number": 1, "sha256": "c" * 64}],
        },
        "completeUpload": {"upload": ids["upload"]},
        "completePack": {"draft": ids["draft"], "number": 0},
        "createExperiment": named,
        "updateExperiment": {"id": ids["experiment"], "name": "x"},
        "startRun": {"project": "secret", "key": "k", "resume": True},
        "updateRun": {"id": run, "name": "x"},
        "finishRun": {"run": run, "status": "COMPLETED"},
        "heartbeat": {"run": run},
        "use": {"run": run, "entities": [artifact]},
        "log": {"run": run, "entities": [artifact]},
        "logMetrics": {"run": run, "points": [{"key": "x", "value": 1}]},
        "logParameters": {"run": run, "parameters": {"x": 1}},
        "createModel": named,
        "updateModel": {"id": model, "name": "x"},
        "createDataset": named,
        "cloneDataset": {"dataset": ids["dataset"], "name": "clone"},
        "updateDataset": {"id": ids["dataset"], "name": "x"},
        "registerModel": {"project": "secret", "model": "m", "artifact": artifact, "stage": "A"},
        "setStage": {"model": model, "index": 0, "stage": "B"},
        "rollBackStage": {"model": model, "stage": "NONE", "from": None},
        "addSnapshot": {"project": "secret", "dataset": "d", "artifact": artifact},
        "createIntegration": named
        | {"options": {"bucket": "sea", "accessKey": "a", "secretKey": "s"}},
        "updateIntegration": {"id": ids["integration"], "newName": "x"},
        "deleteIntegration": {"id": ids["integration"], "sure": True, "really": True},
        "createWebhook": {
            "project": "secret",
            "url": "https://example.org/",
            "events": ["ENTITY_CHANGED"],
            "of": artifact,
        },
        "updateWebhook": {"id": ids["webhook"], "enabled": False},
        "rotateWebhookSecret": {"id": ids["webhook"]},
        "replayWebhook": {"id": ids["webhook"], "after": 0},
        "deleteWebhook": {"id": ids["webhook"]},
        "link": {"source": artifact, "target": model, "role": "x"},
        "deleteArtifactCollection": {"id": ids["collection"], "sure": True, "really": True},
        "verifyArtifact": {"artifact": artifact},
        "cancelJob": {"job": ids["job"]},
    }


async def test_no_mutation_does_anything_for_a_key_that_may_only_read(edge: Edge) -> None:
    owner = await edge.key("owner", everywhere="admin")
    ids = await made(edge, owner)
    reader = await edge.key("reader", projects={"secret": "read"})
    before = await edge.graph.fetch(EVERYTHING)

    codes = {verb: await edge.change(reader, verb, of) for verb, of in changes(ids).items()}

    # Uploads are of a user, not of a project.
    of_users = {"requestParts": "NOT_FOUND", "completeUpload": "NOT_FOUND"}
    assert codes == dict.fromkeys(MUTATIONS, "FORBIDDEN") | of_users
    assert await edge.graph.fetch(EVERYTHING) == before


async def test_no_mutation_reaches_what_a_key_does_not_see(edge: Edge) -> None:
    ids = await made(edge, await edge.key("owner", everywhere="admin"))
    stranger = await edge.key("stranger", projects={"elsewhere": "admin"})
    before = await edge.graph.fetch(EVERYTHING)

    codes = {verb: await edge.change(stranger, verb, of) for verb, of in changes(ids).items()}

    assert codes == dict.fromkeys(MUTATIONS, "NOT_FOUND") | {"createProject": "FORBIDDEN"}
    assert await edge.graph.fetch(EVERYTHING) == before


async def test_who_may_write_may_do_all_but_administer_the_project_or_make_one(edge: Edge) -> None:
    """So the refusals above are for the key, and not for what was asked."""
    ids = await made(edge, await edge.key("owner", everywhere="admin"))
    writer = await edge.key("writer", projects={"secret": "write"})
    wanted = changes(ids)
    # The owner's upload is no other user's, and its file keeps the draft from its commit. There is
    # no pack to complete.
    for verb in ("requestParts", "completeUpload", "completePack", "commitArtifact"):
        del wanted[verb]
    # What ends something comes last.
    last = ["finishRun", "deleteDraft"]
    order = [verb for verb in wanted if verb not in last] + last

    codes = {verb: await edge.change(writer, verb, wanted[verb]) for verb in order}

    administered = (
        *("updateProject", "setPolicy", "protectAliases", "unprotectAliases"),
        *("createIntegration", "updateIntegration", "deleteIntegration", "clear"),
        *("createWebhook", "updateWebhook", "rotateWebhookSecret", "replayWebhook"),
        "deleteWebhook",
    )
    refused = dict.fromkeys(("createProject", *administered), "FORBIDDEN")
    assert codes == dict.fromkeys(order, "") | refused
    admin = await edge.key("admin", projects={"secret": "admin"})
    for verb in administered:
        assert await edge.change(admin, verb, wanted[verb]) == ""


async def test_a_commit_for_a_run_needs_the_right_to_write_to_it(edge: Edge) -> None:
    """Whoever began the draft may have had a key that reaches further."""
    owner = await edge.key("owner", everywhere="admin")
    ids = await made(edge, owner)
    begun = await edge.ask(
        owner,
        """mutation ($run: ID!) {
          createDraft(input: {project: "open", name: "new", type: "t", run: $run}) {
            ... on DraftPayload { artifact { id } } } }""",
        run=ids["run"],
    )
    draft = {"draft": begun["data"]["createDraft"]["artifact"]["id"]}
    grants = [{}, {"secret": "read"}, {"secret": "write"}]
    blind, reader, writer = [
        await edge.key("grace", projects={"open": "write"} | more) for more in grants
    ]
    before = await edge.graph.fetch(EVERYTHING)

    assert await edge.change(blind, "commitArtifact", draft) == "NOT_FOUND"
    assert await edge.change(reader, "commitArtifact", draft) == "FORBIDDEN"
    assert await edge.graph.fetch(EVERYTHING) == before
    assert await edge.change(writer, "commitArtifact", draft) == ""


OPEN: dict[str, Callable[[int], bool]] = {
    # Whether the service is there, and pages without data.
    "/healthz": lambda status: status == 200,
    "/readyz": lambda status: status == 200,
    "/ui": lambda status: status == 200,
    # By the signature of each URL.
    "/blobs/{key:path}": lambda status: status == 403,
}


@pytest.mark.parametrize(
    "headers",
    [{}, {"authorization": "Bearer graph-api_unknown"}, {"authorization": "Basic YTpi"}],
)
async def test_no_other_route_lets_anyone_in_without_a_key(
    edge: Edge, headers: dict[str, str]
) -> None:
    ids = await made(edge, await edge.key("owner", everywhere="admin"))
    paths = [cast("Route | Mount", route).path for route in edge.app.routes]
    private = {"/graphql", "/metrics", "/artifacts/{id}/zip", "/lineage/stream"}
    assert private | OPEN.keys() == set(paths)

    for path in paths:
        target = path.replace("{id}", ids["artifact"]).replace("{key:path}", "zips/x")
        if path == "/ui":
            target = "/ui/index.html"
        if path == "/graphql":
            answers = [
                await edge.http.post(target, json={"query": "{ __typename }"}, headers=headers),
                await edge.http.get(target, params={"query": "{ __typename }"}, headers=headers),
                await edge.http.post(target, content=b"no JSON", headers=headers),
            ]
        else:
            answers = [await edge.http.get(target, headers=headers)]
        for answer in answers:
            if path in OPEN:
                assert OPEN[path](answer.status_code), target
            else:
                assert answer.status_code == 401, target
                assert answer.headers["www-authenticate"] == "Bearer"
                assert "UNAUTHENTICATED" in answer.text


async def test_a_zip_is_for_who_may_read_its_version(edge: Edge) -> None:
    ids = await made(edge, await edge.key("owner", everywhere="admin"))
    path = f"/artifacts/{ids['artifact']}/zip"
    reader = await edge.key("reader", projects={"secret": "read"})
    stranger = await edge.key("stranger", projects={"elsewhere": "admin"})

    found = await edge.http.get(path, headers=reader)
    hidden = await edge.http.get(path, headers=stranger)
    missing = await edge.http.get(f"/artifacts/{new_id('Artifact')}/zip", headers=stranger)

    assert (found.status_code, found.content[:2]) == (200, b"PK")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.json()["code"] == missing.json()["code"] == "NOT_FOUND"


async def test_a_reference_is_signed_for_who_may_read_its_version(edge: Edge) -> None:
    owner = await edge.key("owner", everywhere="admin")
    await made(edge, owner)
    logged = await edge.ask(
        owner,
        """mutation { logArtifact(input: {project: "secret", name: "far", type: "t",
          files: [{path: "a", reference: "s3://lake/a"}]}) {
          ... on CommitPayload { artifact { id } } } }""",
    )
    id = logged["data"]["logArtifact"]["artifact"]["id"]
    reader = await edge.key("reader", projects={"secret": "read"})
    stranger = await edge.key("stranger", projects={"elsewhere": "admin"})
    document = """query ($id: ID!) { artifact(id: $id) { file(path: "a") { downloadUrl } } }"""

    found = await edge.ask(reader, document, id=id)
    hidden = await edge.ask(stranger, document, id=id)

    assert "X-Amz-Signature=" in found["data"]["artifact"]["file"]["downloadUrl"]
    assert hidden["data"] == {"artifact": None}
