"""A mutation that would make a second one makes one under a key, and answers the same."""

import asyncio
from typing import Any

import pytest

from tests.schema.conftest import Api

pytestmark = pytest.mark.no_bytes

FILE = {"path": "a", "content": "YQ=="}
NEW = {"project": "digits", "name": "x"}
KEYED: dict[str, tuple[str, dict[str, Any]]] = {
    "createProject": ("... on ProjectPayload { project { id } }", {"name": "x"}),
    "createExperiment": ("... on ExperimentPayload { experiment { id } }", NEW),
    "createModel": ("... on ModelPayload { model { id } }", NEW),
    "createDataset": ("... on DatasetPayload { dataset { id } }", NEW),
    "createArtifactCollection": (
        "... on ArtifactCollectionPayload { artifactCollection { id } }",
        {**NEW, "type": "dataset"},
    ),
    "createDraft": ("... on DraftPayload { artifact { id } }", {**NEW, "type": "dataset"}),
    "logArtifact": (
        "... on CommitPayload { created artifact { id version } }",
        {**NEW, "type": "dataset", "deduplicate": False, "files": [FILE], "aliases": ["best"]},
    ),
    "startRun": (
        "... on RunPayload { created run { id number } }",
        {"project": "digits", "experiment": "x", "key": "nightly"},
    ),
}
COUNTS = """query { projects { nodes { name
  artifactCollections { nodes { id } } artifacts { nodes { id } } runs { nodes { id } }
  experiments { nodes { id } } models { nodes { id } } datasets { nodes { id } } } } }"""


@pytest.mark.parametrize("mutation", KEYED)
async def test_the_same_call_answers_the_same(api: Api, mutation: str) -> None:
    payload, input = KEYED[mutation]
    first = await api.mutate(mutation, payload, **input, idempotencyKey="k")
    before = await api.data(COUNTS)

    again = await api.mutate(mutation, payload, **input, idempotencyKey="k")
    other = await api.mutate(mutation, payload, **input, description="Other.", idempotencyKey="k")

    assert again == first
    assert (other["__typename"], other["code"]) == ("ConflictError", "IDEMPOTENCY_KEY_REUSED")
    assert await api.data(COUNTS) == before


@pytest.mark.parametrize("mutation", KEYED)
async def test_the_same_call_many_times_at_once_answers_the_same(api: Api, mutation: str) -> None:
    payload, input = KEYED[mutation]

    answers = await asyncio.gather(
        *(api.mutate(mutation, payload, **input, idempotencyKey="k") for _ in range(8))
    )

    assert answers == [answers[0]] * 8
    assert "code" not in answers[0]


async def test_a_call_that_was_refused_may_be_made_again_under_its_key(api: Api) -> None:
    payload, input = KEYED["createModel"]
    made = await api.mutate("createModel", payload, **input)
    refused = await api.mutate("createModel", payload, **input, idempotencyKey="k")
    await api.mutate("updateModel", payload, id=made["model"]["id"], name="y")

    again = await api.mutate("createModel", payload, **input, idempotencyKey="k")

    assert refused["code"] == "NAME_TAKEN"
    assert again["model"]["id"] != made["model"]["id"]


async def test_the_answer_stays_when_the_name_has_gone_to_another(api: Api) -> None:
    payload, input = KEYED["createModel"]
    call = {**input, "existsOk": True, "idempotencyKey": "k"}
    first = await api.mutate("createModel", payload, **call)
    await api.mutate("updateModel", payload, id=first["model"]["id"], name="y")

    again = await api.mutate("createModel", payload, **call)

    assert again == first
