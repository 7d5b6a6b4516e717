"""Many clients commit at once, through two workers: each finds what one after the other would."""

import secrets
from collections import Counter
from typing import Any

from pydantic import BaseModel

from graph_api import Client
from graph_api.graph import Graph, Query
from graph_api.models.ledger import GENESIS, Drawn, chained
from graph_api.models.viewer import Viewer
from graph_api.services import ledger
from tests.proof.conftest import CLIENTS, Committers, Workers


class Place(BaseModel, frozen=True):
    """Where an alias pointed."""

    version: str
    committed: int
    since: int
    until: int | None


class Many(BaseModel, frozen=True):
    """How many."""

    count: int


HISTORY = Query(
    "tests/history",
    """
    MATCH (c:ArtifactCollection {project_id: $project_id, name: 'data'})
    MATCH (:Alias {collection_id: c.id, name: 'best'})-[e:CURRENT|WAS]->(a:Artifact)
    WITH e, a ORDER BY e.since
    RETURN collect({version: a.version, committed: a.since, since: e.since, until: e.until}) AS rows
    """,
    Place,
)
PROJECTS = Query(
    "tests/projects",
    "MATCH (p:Project {name: $name}) RETURN count(p) AS count",
    Many,
)
PRODUCED = Query(
    "tests/produced",
    """
    MATCH (:Artifact {id: $id})-[e:LOGGED_BY]->(:Run)
    WHERE NOT e.reused
    RETURN count(e) AS count
    """,
    Many,
)


def new_project() -> str:
    return f"proof-{secrets.token_hex(6)}"


def done(committers: Committers, task: str, workers: Workers, project: str) -> list[Any]:
    """What the clients answer, none of them an error."""
    answers = committers.do(task, workers.urls, project)
    assert [answer["error"] for answer in answers if "error" in answer] == []
    assert len(answers) == CLIENTS
    return answers


async def check_chain(graph: Graph, viewer: Viewer) -> list[str]:
    """Verify every change; what each was."""
    changes = await ledger.changes(graph, viewer, 0, 1_000_000)
    previous = GENESIS
    for place, change in enumerate(changes, 1):
        drawn = Drawn(seq=place, at=change.at, previous=previous)
        assert change == chained(drawn, change.by, change.what, list(change.subjects))
        previous = change.hash
    assert (await ledger.now(graph, viewer)).seq == len(changes)
    return [change.what for change in changes]


async def test_contents_of_one_name_at_once_are_as_many_versions(
    workers: Workers, committers: Committers, shared: Graph, local: Viewer
) -> None:
    project = new_project()

    answers = done(committers, "different", workers, project)

    assert {answer["version"] for answer in answers} == {f"v{n}" for n in range(CLIENTS)}
    assert [answer["created"] for answer in answers] == [True] * CLIENTS
    with Client(workers.urls[1], project=project) as client:
        versions = list(client.artifacts("data"))
        best, latest = client.artifact("data:best"), client.artifact("data:latest")
        found = client.execute("query ($p: String!) { project(name: $p) { id } }", {"p": project})
    assert [version.version for version in versions] == [f"v{n}" for n in range(CLIENTS)]
    assert latest.version == f"v{CLIENTS - 1}"
    assert [version.version for version in versions if "best" in version.aliases] == [best.version]
    history = await shared.fetch(HISTORY, project_id=found["project"]["id"])
    assert [place.version for place in history] == [f"v{n}" for n in range(CLIENTS)]
    assert [place.since for place in history] == [place.committed for place in history]
    assert [place.until for place in history] == [*(place.since for place in history[1:]), None]
    assert best.version == history[-1].version
    await check_chain(shared, local)


async def test_one_content_at_once_is_one_version_of_all_producers(
    workers: Workers, committers: Committers, shared: Graph, local: Viewer
) -> None:
    project = new_project()

    answers = done(committers, "equal", workers, project)

    assert len({answer["id"] for answer in answers}) == 1
    assert Counter(answer["created"] for answer in answers) == {True: 1, False: CLIENTS - 1}
    with Client(workers.urls[0], project=project) as client:
        (version,) = client.artifacts("data")
        producers = {run.id for run in version.producers()}
    assert version.version == "v0"
    assert producers == {answer["run"] for answer in answers}
    assert len(producers) == CLIENTS
    assert await shared.fetch(PRODUCED, id=version.id) == [Many(count=1)]
    await check_chain(shared, local)


async def test_names_at_once_are_made_in_one_project(
    workers: Workers, committers: Committers, shared: Graph, local: Viewer
) -> None:
    project = new_project()
    before = (await check_chain(shared, local)).count("Project created")

    answers = done(committers, "names", workers, project)

    assert [answer["version"] for answer in answers] == ["v0"] * CLIENTS
    with Client(workers.urls[0], project=project) as client:
        found = list(client.artifacts())
        numbers = sorted(run.record.number for run in client.runs())
    assert {version.name for version in found} == {f"data-{n}" for n in range(CLIENTS)}
    assert len(found) == CLIENTS
    assert numbers == list(range(1, CLIENTS + 1))
    assert await shared.fetch(PROJECTS, name=project) == [Many(count=1)]
    assert (await check_chain(shared, local)).count("Project created") == before + 1


async def test_calls_at_once_under_one_key_take_effect_once(
    workers: Workers, committers: Committers, shared: Graph, local: Viewer
) -> None:
    project = new_project()

    answers = done(committers, "key", workers, project)

    assert answers == [answers[0]] * CLIENTS
    assert answers[0]["log"]["artifact"]["version"] == "v0"
    assert answers[0]["run"]["run"]["number"] == 1
    with Client(workers.urls[0], project=project) as client:
        assert [version.version for version in client.artifacts("data")] == ["v0"]
        assert len(list(client.runs())) == 1
    await check_chain(shared, local)
