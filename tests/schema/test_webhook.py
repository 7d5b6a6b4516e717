"""Webhooks over GraphQL: what is shown to whom, and the secret that is shown once."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from graph_api.blobs import BlobStore
from graph_api.graph import Graph
from graph_api.settings import Settings
from tests.schema.conftest import Api, served

pytestmark = pytest.mark.no_bytes

URL = "https://example.org/hook"
FIELDS = """id url events direction enabled seq status error { code message } failingSince
  deliveredAt createdBy updatedBy project { name } subject { id }"""
WEBHOOK = f"webhook {{ {FIELDS} }}"
SECRET = f"... on WebhookSecretPayload {{ secret {WEBHOOK} }}"
PAYLOAD = f"... on WebhookPayload {{ {WEBHOOK} }}"
READ = f"query ($id: ID!) {{ webhook(id: $id) {{ {FIELDS} }} }}"


@pytest.fixture
async def api(
    graph: Graph, neo4j: Settings, blobs: BlobStore, tmp_path: Path
) -> AsyncGenerator[Api]:
    async with served(neo4j.model_copy(update={"data": tmp_path}), graph, blobs) as api:
        yield api


async def create(api: Api, **more: Any) -> dict[str, Any]:
    input = {"project": "digits", "url": URL, "events": ["ALIAS_MOVED"], **more}
    return await api.mutate("createWebhook", SECRET, **input)


async def test_a_webhook_is_made_read_changed_and_deleted(api: Api) -> None:
    run = (await api.mutate("startRun", "... on RunPayload { run { id } }", project="letters"))[
        "run"
    ]["id"]
    made = await create(api, events=["LINEAGE_CHANGED", "ARTIFACT_COMMITTED"], of=run)
    shown = made["webhook"]
    id = shown["id"]

    assert made["secret"].startswith("whsec_")
    assert shown == {
        "id": id,
        "url": URL,
        "events": ["ARTIFACT_COMMITTED", "LINEAGE_CHANGED"],
        "direction": "BOTH",
        "enabled": True,
        "seq": shown["seq"],
        **dict.fromkeys(("status", "error", "failingSince", "deliveredAt")),
        "createdBy": "local",
        "updatedBy": "local",
        "project": {"name": "digits"},
        "subject": {"id": run},
    }
    assert (await api.data(READ, id=id))["webhook"] == shown
    changes = {"events": ["STAGE_CHANGED"], "url": f"{URL}/2", "enabled": False}
    changed = (await api.mutate("updateWebhook", PAYLOAD, id=id, **changes))["webhook"]
    assert changed == shown | changes | {"direction": None, "subject": None}
    replayed = (await api.mutate("replayWebhook", PAYLOAD, id=id, after=1))["webhook"]
    assert replayed == changed | {"seq": 1}
    rotated = await api.mutate("rotateWebhookSecret", SECRET, id=id)
    assert rotated["webhook"] == replayed
    assert rotated["secret"] != made["secret"]
    other = (await create(api))["webhook"]["id"]
    listed = '{ project(name: "digits") { webhooks { nodes { id } } } }'
    nodes = [{"id": id}, {"id": other}]
    assert await api.data(listed) == {"project": {"webhooks": {"nodes": nodes}}}
    gone = "... on DeletedWebhookPayload { webhook }"
    assert (await api.mutate("deleteWebhook", gone, id=id))["webhook"] == id
    assert (await api.mutate("deleteWebhook", gone, id=id))["code"] == "NOT_FOUND"
    assert await api.data(READ, id=id) == {"webhook": None}
    assert await api.data(listed) == {"project": {"webhooks": {"nodes": nodes[1:]}}}


@pytest.mark.parametrize(
    ("input", "code", "message"),
    [
        ({"url": "ftp://x"}, "BAD_USER_INPUT", "url is no address like https://example.org/path"),
        ({"events": []}, "BAD_USER_INPUT", "events is empty"),
        ({"events": ["ENTITY_CHANGED"]}, "BAD_USER_INPUT", "of is missing"),
        ({"of": "run_1"}, "BAD_USER_INPUT", "no event is about it"),
        ({"direction": "BOTH"}, "BAD_USER_INPUT", "has no lineage.changed"),
        ({"events": ["ENTITY_CHANGED"], "of": "run_1"}, "NOT_FOUND", "has the id 'run_1'"),
        ({"project": "a/b"}, "BAD_NAME", "a/b"),
    ],
)
async def test_a_webhook_that_cannot_be_is_refused_and_leaves_nothing(
    api: Api, input: dict[str, Any], code: str, message: str
) -> None:
    refused = await create(api, **input)

    assert refused["code"] == code
    assert message in refused["message"]
    projects = await api.data("{ projects { nodes { webhooks { nodes { id } } } } }")
    assert projects == {"projects": {"nodes": []}}
