"""Integrations over GraphQL: what is shown, what is signed, and what no answer repeats."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from graph_api.blobs import BlobStore
from graph_api.graph import Graph
from graph_api.settings import Settings
from tests.schema.conftest import Api, served

SECRET = "wJalrXUtnFEMI"
OPTIONS = {"bucket": "lake", "prefix": "data", "accessKey": "AKIA", "secretKey": SECRET}
FIELDS = "id name bucket prefix endpoint region accessKey createdBy updatedBy project { name }"
PAYLOAD = f"... on IntegrationPayload {{ integration {{ {FIELDS} }} }}"
FILES = """query ($id: ID!) { artifact(id: $id) {
  files { nodes { path downloadUrl } } }  }"""


@pytest.fixture
async def api(
    graph: Graph, neo4j: Settings, blobs: BlobStore, tmp_path: Path
) -> AsyncGenerator[Api]:
    async with served(neo4j.model_copy(update={"data": tmp_path}), graph, blobs) as api:
        yield api


async def create(api: Api, name: str = "lake", **options: Any) -> dict[str, Any]:
    input = {"project": "digits", "name": name, "options": OPTIONS | options}
    return (await api.mutate("createIntegration", PAYLOAD, **input))["integration"]


async def logged(api: Api, project: str = "digits") -> str:
    files = [
        {"path": "deep/ü.csv", "reference": "s3://lake/data/a b?versionId=v.1"},
        {"path": "other.csv", "reference": "s3://lake/data2/a"},
        {"path": "stored", "content": "YQ=="},
    ]
    input = {"project": project, "name": "data", "type": "dataset", "files": files}
    done = await api.mutate("logArtifact", "... on CommitPayload { artifact { id } }", **input)
    return done["artifact"]["id"]


async def urls(api: Api, id: str) -> dict[str, str | None]:
    nodes = (await api.data(FILES, id=id))["artifact"]["files"]["nodes"]
    return {node["path"]: node["downloadUrl"] for node in nodes}


@pytest.mark.no_bytes
async def test_an_integration_is_read_by_id_by_name_and_in_its_project(api: Api) -> None:
    made = await create(api)
    await create(api, "b", prefix="", bucket="sea", endpoint="http://minio:9000", region="eu-1")

    document = f"""query ($id: ID!) {{
      byId: integration(id: $id) {{ {FIELDS} }}
      byName: integration(project: "digits", name: "lake") {{ {FIELDS} }}
      none: integration(project: "digits", name: "c") {{ id }}
      nowhere: integration(project: "letters", name: "lake") {{ id }}
      project(name: "digits") {{
        integrations {{ nodes {{ name bucket prefix endpoint region }} }} }}
    }}"""
    answer = await api.post(document, id=made["id"])
    data = answer.json()["data"]

    assert {key: made[key] for key in made if key != "id"} == {
        "name": "lake",
        "bucket": "lake",
        "prefix": "data/",
        "endpoint": "https://s3.us-east-1.amazonaws.com",
        "region": "us-east-1",
        "accessKey": "AKIA",
        "createdBy": "local",
        "updatedBy": "local",
        "project": {"name": "digits"},
    }
    assert data["byId"] == data["byName"] == made
    assert (data["none"], data["nowhere"]) == (None, None)
    assert [list(node.values()) for node in data["project"]["integrations"]["nodes"]] == [
        ["b", "sea", "", "http://minio:9000", "eu-1"],
        ["lake", "lake", "data/", "https://s3.us-east-1.amazonaws.com", "us-east-1"],
    ]
    assert SECRET not in answer.text


async def test_what_an_integration_covers_has_a_download_url_in_its_project_alone(
    api: Api,
) -> None:
    here, elsewhere = await logged(api), await logged(api, "letters")
    before = await urls(api, here)
    await create(api)
    after = await urls(api, here)

    stored = (before["stored"], after["stored"])
    assert all(stored)
    assert before == {"deep/ü.csv": None, "other.csv": None, "stored": stored[0]}
    signed = urlsplit(str(after["deep/ü.csv"]))
    query = {name: values[0] for name, values in parse_qs(signed.query).items()}
    assert f"{signed.scheme}://{signed.netloc}" == "https://s3.us-east-1.amazonaws.com"
    assert signed.path == "/lake/data/a%20b"
    assert query["versionId"] == "v.1"
    assert query["X-Amz-Expires"] == "3600"
    assert query["X-Amz-Credential"].startswith("AKIA/")
    assert query["response-content-disposition"].endswith("filename*=UTF-8''%C3%BC.csv")
    assert after == {"deep/ü.csv": after["deep/ü.csv"], "other.csv": None, "stored": stored[1]}
    # Asked once: a second later it would be signed anew.
    there = await urls(api, elsewhere)
    assert there.pop("stored")
    assert there == {"deep/ü.csv": None, "other.csv": None}


async def test_a_difference_from_another_project_is_signed_for_by_that_one_alone(api: Api) -> None:
    # Else whoever may log in one project would have another one's credential sign.
    here, elsewhere = await logged(api), await logged(api, "letters")
    await create(api)
    both = "{ nodes { before { reference downloadUrl } after { reference downloadUrl } } }"
    document = f"""query ($id: ID!, $since: ID!) {{
      artifact(id: $id) {{ diff(since: $since) {both} }} }}"""
    input: dict[str, Any] = {"project": "digits", "name": "none", "type": "dataset", "files": []}
    done = await api.mutate("logArtifact", "... on CommitPayload { artifact { id } }", **input)
    none = done["artifact"]["id"]

    async def differences(id: str, since: str) -> list[dict[str, Any]]:
        data = await api.data(document, id=id, since=since)
        files = [it["before"] or it["after"] for it in data["artifact"]["diff"]["nodes"]]
        return [it["downloadUrl"] for it in files if it["reference"] and "data/" in it["reference"]]

    assert await differences(none, elsewhere) == [None]
    assert await differences(elsewhere, none) == [None]
    assert "/lake/data/a%20b?" in str(await differences(none, here))
    assert "/lake/data/a%20b?" in str(await differences(here, none))


async def test_what_moves_to_another_project_is_signed_for_by_that_one_alone(api: Api) -> None:
    id = await logged(api)
    await create(api)
    document = "query ($id: ID!) { artifact(id: $id) { collection { id } } }"
    collection = (await api.data(document, id=id))["artifact"]["collection"]["id"]
    await api.mutate("createProject", "... on ProjectPayload { project { id } }", name="letters")
    payload = "... on ArtifactCollectionPayload { artifactCollection { id } }"

    async def signed_in(project: str) -> bool:
        input = {"collection": collection, "project": project}
        assert "artifactCollection" in await api.mutate("moveArtifactCollection", payload, **input)
        return (await urls(api, id))["deep/ü.csv"] is not None

    assert [await signed_in(name) for name in ("letters", "digits")] == [False, True]


async def test_urls_of_many_files_come_in_the_order_of_their_paths_by_one_statement(
    api: Api,
) -> None:
    id = await logged(api)
    await create(api)
    document = """query ($id: ID!, $paths: [String!]!) {
      artifact(id: $id) { downloadUrls(paths: $paths) } }"""
    with api.statements() as statements:
        data = await api.data(document, id=id, paths=["stored", "other.csv", "deep/ü.csv"])

    stored, other, signed = data["artifact"]["downloadUrls"]
    assert (stored.startswith("http"), other, "/lake/data/a%20b?" in signed) == (True, None, True)
    assert statements.count("integration/of_projects") == 1
    ((code, message),) = await api.errors(document, id=id, paths=["none"])
    assert (code, message.endswith("has no file 'none'.")) == ("BAD_USER_INPUT", True)
    ((_, message),) = await api.errors(document, id=id, paths=["stored"] * 1001)
    assert message == "1,001 paths in one call; at most 1,000 can be given."


async def test_a_lost_key_is_an_error_of_the_covered_file_and_of_nothing_else(
    api: Api, tmp_path: Path
) -> None:
    id = await logged(api)
    await create(api)
    (tmp_path / "encryption.key").unlink()

    answer = (await api.post(FILES, id=id)).json()

    nodes = answer["data"]["artifact"]["files"]["nodes"]
    assert [bool(node["downloadUrl"]) for node in nodes] == [False, False, True]
    (error,) = answer["errors"]
    assert error["path"] == ["artifact", "files", "nodes", 0, "downloadUrl"]
    assert error["extensions"] == {"code": "SECRET_UNREADABLE"}
    assert "integration 'lake' cannot be read" in error["message"]
    assert "GRAPH_API_ENCRYPTION_KEYS" in error["message"]


@pytest.mark.no_bytes
async def test_a_deletion_is_refused_unless_both_words_are_said(api: Api) -> None:
    id = (await create(api))["id"]
    payload = "... on DeletedIntegrationPayload { integration }"

    for words in ({}, {"sure": True}, {"sure": False, "really": True}):
        refused = await api.mutate("deleteIntegration", payload, id=id, **words)
        assert (refused["__typename"], refused["code"]) == ("InvalidInputError", "NOT_SURE")
    assert (await api.mutate("deleteIntegration", payload, id=id, sure=True, really=True)) == {
        "__typename": "DeletedIntegrationPayload",
        "integration": id,
    }
    assert (await api.data("query ($id: ID!) { integration(id: $id) { id } }", id=id)) == {
        "integration": None
    }


WRONG: list[dict[str, Any]] = [
    {"project": "digits", "name": "a", "options": {"bucket": "lake", "secretKey": SECRET}},
    {"project": "digits", "name": "a", "options": {**OPTIONS, "secret_key": SECRET}},
    {"project": "digits", "name": "a", "options": {**OPTIONS, "secretKey": [SECRET]}},
    {"project": "digits", "options": OPTIONS},
    {"project": "digits", "name": "a", "options": [SECRET]},
    {"project": "digits", "name": "a", "options": SECRET},
    {"project": "digits", "name": "a", "options": {**OPTIONS, "bucket": "a/b"}},
    {"project": "digits", "name": "a", "options": {**OPTIONS, "secretKey": f"{SECRET} "}},
    {"project": "digits", "name": "a:b", "options": OPTIONS},
]


@pytest.mark.no_bytes
@pytest.mark.parametrize("input", WRONG, ids=range(len(WRONG)))
async def test_no_refusal_repeats_a_secret_nor_does_the_log(
    api: Api, input: dict[str, Any], caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    answer = await api.post(
        """mutation ($input: CreateIntegrationInput!) { createIntegration(input: $input) {
          __typename ... on Error { message code } } }""",
        input=input,
    )

    assert "CreateIntegrationInput" in str(answer.request.content)
    assert SECRET not in answer.text
    assert SECRET not in caplog.text
    data = answer.json().get("data")
    assert data is None or data["createIntegration"]["__typename"] == "InvalidInputError"
    assert [path.name for path in tmp_path.iterdir() if path.name == "encryption.key"] == []


@pytest.mark.no_bytes
async def test_other_operations_say_which_value_is_wrong(api: Api) -> None:
    errors = await api.errors(
        "mutation ($input: CreateProjectInput!) { createProject(input: $input) { __typename } }",
        input={"title": "wrong"},
    )

    assert all("{'title': 'wrong'}" in message for _, message in errors)
