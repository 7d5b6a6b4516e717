"""Contents over HTTP: the versions that have them, and the models that they reached."""

import hashlib
from typing import Any

import pytest

from tests.schema.conftest import Api
from tests.schema.test_mutations import started
from tests.schema.test_queries import logged

pytestmark = pytest.mark.no_bytes

HELLO = hashlib.sha256(b"hello").hexdigest()
REACHED = """query ($digest: String!, $first: Int, $after: String, $depth: Int) {
  containing(digest: $digest, first: $first, after: $after) {
    nodes { label } pageInfo { hasNextPage endCursor }
    downstream(depth: $depth) { complete incompleteBecause
      models { nodes { model { name } version { index stage artifact { label } } } } } } }"""


async def trained(api: Api, data: str, name: str, content: str) -> str:
    """A version that came of another, through a run; its id."""
    run = await started(api, used=[data])
    made = await logged(api, name, content, run=run["id"])
    id: str = made["id"]
    return id


async def register(api: Api, model: str, artifact: str, stage: str | None = None) -> None:
    input = {"project": "digits", "model": model, "artifact": artifact, "stage": stage}
    await api.mutate("registerModel", "... on ModelVersionPayload { created }", **input)


async def reached(api: Api, digest: str = HELLO, **more: Any) -> Any:
    return (await api.data(REACHED, digest=digest, **more))["containing"]


def models(found: Any) -> list[tuple[str, int, str, str]]:
    return [
        (
            it["model"]["name"],
            it["version"]["index"],
            it["version"]["stage"],
            it["version"]["artifact"]["label"],
        )
        for it in found["downstream"]["models"]["nodes"]
    ]


async def test_bytes_reach_the_models_that_came_of_the_versions_that_have_them(api: Api) -> None:
    data = (await logged(api, "data"))["id"]
    clean = await trained(api, data, "clean", "Y2xlYW4=")
    svm = await trained(api, clean, "svm", "c3Zt")
    other = await logged(api, "other", "b3RoZXI=")
    await register(api, "digits", svm, "STAGING")
    await register(api, "digits", other["id"])
    await register(api, "raw", data)
    await register(api, "unrelated", other["id"])

    found = await reached(api)
    near = await reached(api, depth=2)

    assert [node["label"] for node in found["nodes"]] == ["data:v0"]
    assert (found["downstream"]["complete"], found["downstream"]["incompleteBecause"]) == (True, [])
    assert models(found) == [
        ("digits", 0, "STAGING", "svm:v0"),
        ("raw", 0, "NONE", "data:v0"),
    ]
    assert models(near) == [("raw", 0, "NONE", "data:v0")]
    assert near["downstream"]["incompleteBecause"] == ["DEPTH"]


async def test_a_model_that_links_lead_to_has_no_version(api: Api) -> None:
    data = (await logged(api, "data"))["id"]
    made = await api.mutate(
        "createModel", "... on ModelPayload { model { id } }", project="digits", name="linked"
    )
    link = {"source": data, "target": made["model"]["id"], "role": "training dataset"}
    await api.mutate("link", "... on LinkPayload { link { role } }", **link)

    found = await reached(api)

    assert found["downstream"]["models"]["nodes"] == [
        {"model": {"name": "linked"}, "version": None}
    ]


async def test_each_page_tells_what_its_own_versions_reached(api: Api) -> None:
    for name in ("one", "two"):
        await register(api, name, (await logged(api, name))["id"])

    first = await reached(api, first=1)
    second = await reached(api, first=1, after=first["pageInfo"]["endCursor"])

    assert [it["model"]["name"] for it in first["downstream"]["models"]["nodes"]] == ["one"]
    assert [it["model"]["name"] for it in second["downstream"]["models"]["nodes"]] == ["two"]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)


async def test_what_nothing_has_reached_nothing(api: Api) -> None:
    await register(api, "digits", (await logged(api, "data"))["id"])

    found = await reached(api, "0" * 64)

    assert found["nodes"] == []
    assert found["downstream"] == {
        "complete": True,
        "incompleteBecause": [],
        "models": {"nodes": []},
    }


async def test_later_pages_of_what_came_of_them_are_of_the_versions_that_there_were(
    api: Api,
) -> None:
    query = """query ($digest: String!, $after: String) { containing(digest: $digest) {
      nodes { label }
      downstream { complete asOf { seq }
        nodes(first: 1, after: $after) { nodes { label } pageInfo { endCursor } } } } }"""

    async def page(**more: Any) -> tuple[list[str], Any]:
        found = (await api.data(query, digest=HELLO, **more))["containing"]
        assert found["downstream"]["complete"]
        return [node["label"] for node in found["nodes"]], found["downstream"]

    data = (await logged(api, "data"))["id"]
    kept = (await logged(api, "kept"))["id"]
    await trained(api, kept, "clean", "Y2xlYW4=")
    _, first = await page()
    await logged(api, "later")
    await api.mutate("deleteArtifacts", "... on DeletePayload { __typename }", artifacts=[data])

    labels, seen, after = list[str](), [node["label"] for node in first["nodes"]["nodes"]], first
    while after["nodes"]["pageInfo"]["endCursor"]:
        labels, after = await page(after=after["nodes"]["pageInfo"]["endCursor"])
        assert after["asOf"] == first["asOf"]
        seen += [node["label"] for node in after["nodes"]["nodes"]]

    assert labels == ["kept:v0", "later:v0"]
    assert seen[:2] == ["data:v0", "kept:v0"]
    assert seen[3:] == ["clean:v0"]
    # Nothing has them any more: an answer of now all the same.
    ids = [kept, (await api.data('{ artifact(project: "digits", name: "later") { id } }'))]
    for id in (ids[0], ids[1]["artifact"]["id"]):
        await api.mutate(
            "deleteArtifacts", "... on DeletePayload { __typename }", artifacts=[id], force=True
        )
    labels, none = await page()
    assert (labels, none["nodes"]["nodes"]) == ([], [])
    assert none["asOf"]["seq"] > first["asOf"]["seq"]
