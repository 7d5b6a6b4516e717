"""All that is said of what is visible, asked twice: beside what is hidden, and once that is gone.

Lineage is not among it: it passes through what is hidden.
"""

import re
from collections.abc import Sequence
from typing import Any

from graph_api.graph import Nothing, Query
from graph_api.models.artifact import Id
from tests.schema.restricted import Asker, Visible
from tests.schema.visible_notices import told_of_project
from tests.schema.worlds import ALIASES, STAGES, WORDS

ERASE = Query(
    "tests/erase_projects",
    """
    CALL () {
      MATCH (n:Entity)
      WHERE n.project_id IN $projects
      OPTIONAL MATCH (n)<-[:ABOUT|REVISES]-(of)
      DETACH DELETE of, n
    }
    CALL () {
      MATCH (i:Integration|Webhook)
      WHERE i.project_id IN $projects
      DELETE i
    }
    CALL () {
      MATCH (alias:Alias)
      WHERE NOT EXISTS { MATCH (c:ArtifactCollection {id: alias.collection_id}) }
      DETACH DELETE alias
    }
    CALL () {
      MATCH (u:UploadPrefix)
      WHERE NOT EXISTS { MATCH (a:Artifact {id: u.draft_id}) }
      DETACH DELETE u
    }
    MATCH (p:ManifestPage)
    WHERE NOT EXISTS { (p)<-[:HAS_PAGE]-() }
    SET p.sweep_at = 0
    """,
    Nothing,
)
INTEGRATIONS = Query(
    "tests/integrations",
    "MATCH (i:Integration|Webhook) RETURN collect({id: i.id}) AS rows",
    Id,
)

_PERIOD = "since until setAt setBy endedAt endedBy artifact { id }"
_HISTORIES = " ".join(
    f'{name}: aliasHistory(alias: "is-{name}") {{ nodes {{ {_PERIOD} }} }}' for name in WORDS
)
_IN_STAGES = " ".join(f'{name}: version(stage: "{name}") {{ index }}' for name in STAGES)
_STORAGE = "storage { bytes exclusiveBytes sharedBytes }"
# Of every entity.
SAID = f"""query ($ids: [ID!]!, $asOf: AsOf!) {{ nodes(ids: $ids) {{ id
  ... on Entity {{ label project {{ name }} notes {{ nodes {{ key text at by }} }}
    withdrawal {{ reason at by clearances {{ entityId reason at by }} }}
    history {{ nodes {{ change {{ seq at by what }} overwritten {{ field before after }} }} }}
    past(asOf: $asOf) {{ name metadata tags status timeToLive project {{ id }} }}
    usedBy(asOf: $asOf) {{ nodes {{ id }} }} loggedBy(asOf: $asOf) {{ id }} }}
  ... on Project {{ {_STORAGE} policy {{ greatestAge forbiddenTags {{ tag
    barriers {{ project experiment }} }} }} integrations {{ nodes {{ id name accessKey }} }}
    webhooks {{ nodes {{ url events direction enabled subject {{ id }} }} }} }}
  ... on ArtifactCollection {{ readOnly protectedAliases latest {{ id }} {_STORAGE} {_HISTORIES}
    artifacts {{ totalCount nodes {{ id }} }} }}
  ... on Artifact {{ state aliases were: aliases(asOf: $asOf) tags timeToLive expiresAt
    previous {{ id }} {_STORAGE} collection {{ id name }} approvals {{ name note by }} }}
  ... on Model {{ readOnly {_IN_STAGES} then: version(asOf: $asOf) {{ index }}
    stageHistory {{ nodes {{ index stage {_PERIOD} }} }} }}
  ... on Dataset {{ readOnly snapshot {{ index }}
    snapshots {{ nodes {{ index artifact {{ id }} }} }}
    links(direction: IN) {{ nodes {{ role source {{ id }} }} }} }}
  ... on Integration {{ name bucket }}
  ... on Webhook {{ url subject {{ id }} }} }} }}"""
WITHDRAWN = "{ withdrawals(first: 1000) { nodes { reason entity { id } } } }"
PATHS = """query ($ids: [ID!]!) { nodes(ids: $ids) {
  ... on Artifact { files { nodes { path } } } } }"""
# Of every version, and of two of them.
FILES = """query ($id: ID!, $since: ID!, $paths: [String!]!) { artifact(id: $id) {
  files { nodes { path sha256 downloadUrl } } deep: files(glob: "deep/*") { nodes { path } }
  diff { nodes { path change } } far: diff(since: $since) { nodes { path change } } zipUrl
  downloads(paths: $paths) { sha256s url } downloadUrls(paths: $paths) } }"""
# By names, those that were left among them.
NAMED = """query ($project: String!, $name: String!, $alias: String!, $asOf: AsOf!) {
  artifactCollection(project: $project, name: $name) { id }
  artifact(project: $project, name: $name) { id }
  aliased: artifact(project: $project, name: $name, version: $alias) { id }
  then: artifact(project: $project, name: $name, version: $alias, asOf: $asOf) { id } }"""


async def check_rest(asker: Asker, everyone: Asker, world: Visible, names: Sequence[str]) -> None:
    """Answers are those of a graph that holds nothing else. What is hidden is gone then."""
    graph = asker.stores.graph
    hidden = sorted(id for id in world.hidden if id.startswith("project_"))
    others = [row.id for row in await graph.fetch(INTEGRATIONS) if row.id]
    beside = await _answers(asker, world, names, others)
    await graph.write(ERASE, projects=hidden)
    alone = await _answers(everyone, world, names, others)
    for (question, told), (_, expected) in zip(beside, alone, strict=True):
        assert told == expected, question


async def _answers(
    asker: Asker, world: Visible, names: Sequence[str], others: Sequence[str]
) -> list[tuple[Any, Any]]:
    ids = [*world.nodes, *world.hidden, *others]
    # When about half of all was there.
    seq = sorted(node["since"] for node in world.nodes.values())[len(world.nodes) // 2]
    answers: list[tuple[Any, Any]] = [
        ("said", await asker.ask(SAID, ids=ids, asOf=seq)),
        ("withdrawn", await asker.ask(WITHDRAWN)),
    ]
    for id in world.ids("Project"):
        answers.append(("notices", await told_of_project(asker, id)))
    versions = world.ids("Artifact")
    listed = await asker.data(PATHS, ids=versions)
    for number, (id, found) in enumerate(zip(versions, listed["nodes"], strict=True)):
        paths = [file["path"] for file in found["files"]["nodes"]]
        asked = {"id": id, "since": versions[number // 2], "paths": paths}
        answers.append((asked, _unsigned(await asker.data(FILES, **asked))))
    for project in names:
        for name in WORDS:
            asked = {"project": project, "name": name, "alias": ALIASES[0], "asOf": seq}
            answers.append((asked, await asker.ask(NAMED, **asked)))
    return answers


def _unsigned(answer: Any) -> str:
    """Without signatures, which tell the time."""
    return re.sub(r"\?[^']*", "", repr(answer))
