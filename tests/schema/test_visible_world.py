"""Whoever sees some projects is answered as if there were no others; lineage passes through."""

import hashlib
from base64 import b64encode
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graph_api.blobs import FolderBlobs
from graph_api.graph import Graph
from graph_api.models.edge import FLOWS_ALONG, Edge
from graph_api.models.entity import new_id
from graph_api.models.viewer import Viewer
from graph_api.services import lineage, organization
from graph_api.services.stores import Stores
from graph_api.settings import Settings
from tests.conftest import WIPE
from tests.environment import environment
from tests.schema.restricted import DUMP, NEIGHBOURS, Asker, Dumped, Visible
from tests.schema.visible_changes import check_changes
from tests.schema.visible_deletions import check_containing, check_deletions, check_sweep
from tests.schema.visible_lists import check_lists
from tests.schema.visible_notices import check_notices
from tests.schema.visible_rest import check_rest
from tests.schema.visible_summary import check_summaries
from tests.schema.worlds import CONTENTS, PATHS, PROJECTS, STEPS, WORDS, Builder, Step
from tests.services.closure import Question, answered, expected
from tests.services.graphs import Flow, Node, Picture
from tests.services.test_difference import Side
from tests.services.test_paths import Ways

LOG = """mutation ($input: LogArtifactInput!) { logArtifact(input: $input) {
  ... on CommitPayload { created artifact { id version index } } ... on Error { message } } }"""


def picture_of(dump: Dumped, viewer: Viewer, seq: int) -> Picture:
    """The world as the brute-force closure reads it."""
    flows: list[Flow] = []
    for e in dump.edges:
        source, target = (
            (e["start"], e["end"]) if FLOWS_ALONG[e["kind"]] else (e["end"], e["start"])
        )
        told = {"role": e["role"], "reused": bool(e["reused"]), "via": e["via"]}
        edge = Edge.model_validate({"source": source, "target": target, "kind": e["kind"]} | told)
        flows.append(Flow(edge, e["since"]))
    nodes = [
        Node(n["id"], n["project_id"], n["since"], n["type"], collection_id=n["collection_id"])
        for n in dump.nodes
    ]
    return Picture(nodes, flows, seq, viewer.organization_id)


async def check_lineage(asker: Asker, world: Visible, picture: Picture) -> None:
    roots = [node.id for node in picture.nodes if node.id in world.nodes]
    for number, root in enumerate(roots[:: 1 + len(roots) // 5]):
        cut: dict[str, Any] = [{}, {"depth": 2}, {"limit": 3}][number % 3]
        question = Question([root], "BOTH", **cut)
        found = await lineage.lineage(
            asker.stores.graph, asker.viewer, [root], "BOTH", **cut, seconds=60
        )
        assert answered(found) == expected(picture, asker.viewer, question), question
        query = """query ($id: ID!, $depth: Int, $limit: Int) {
          lineage(roots: [$id], depth: $depth, limit: $limit) {
            nodes { nodes { id } } hidden { number depth sources targets } } }"""
        shown = (await asker.data(query, id=root, **cut))["lineage"]
        assert [node["id"] for node in shown["nodes"]["nodes"]] == list(found.depths)
        assert shown["hidden"] == [
            {"number": at, "depth": it.depth, "sources": [*it.sources], "targets": [*it.targets]}
            for at, it in enumerate(found.hidden, 1)
        ]


async def check_paths(asker: Asker, world: Visible, picture: Picture) -> None:
    seen = [node.id for node in picture.nodes if node.id in world.nodes]
    query = """query ($from: ID!, $to: ID!) { lineagePaths(from: $from, to: $to) {
      incompleteBecause cutPoints(first: 1000) { nodes { id } }
      paths(first: 1000) { nodes { steps { source target hidden } } } } }"""
    for source, target in zip(seen[::3], seen[::-2], strict=False):
        question = Question([source], "DOWNSTREAM")
        ways = Ways(picture, asker.viewer, question, source, target)
        answer = (await asker.data(query, **{"from": source, "to": target}))["lineagePaths"]
        told = [
            (source, *(id for step in path["steps"] for id in _through(step)))
            for path in answer["paths"]["nodes"]
        ]
        assert told == ways.paths()
        assert [node["id"] for node in answer["cutPoints"]["nodes"]] == ways.cuts()
        assert answer["incompleteBecause"] == (["PERMISSION"] if ways.is_hidden() else [])


async def check_differences(asker: Asker, world: Visible, picture: Picture) -> None:
    query = """query ($before: ID!, $after: ID!) { lineageDiff(before: $before, after: $after) {
      incompleteBecause run { before { id } after { id } }
      inputs(first: 1000) { nodes { before { id } after { id } } }
      code(first: 1000) { nodes { before { id } after { id } } }
      ancestors(first: 1000) { nodes { begins before { id } after { id } } } } }"""
    for kind in ("Artifact", "Run"):
        ids = [it.id for it in picture.nodes if it.id in world.nodes and it.kind == kind]
        for pair in islice(pairwise(ids), 6):
            sides = [Side(picture, asker.viewer, id, picture.seq) for id in pair]
            asked = dict(zip(("before", "after"), pair, strict=True))
            diff = (await asker.data(query, **asked))["lineageDiff"]

            only = [one.ancestors - other.ancestors for one, other in (sides, sides[::-1])]
            for side, end in zip(only, asked, strict=True):
                told = [node[end]["id"] for node in diff["ancestors"]["nodes"] if node[end]]
                assert sorted(told) == sorted(side)
            for node in diff["ancestors"]["nodes"]:
                there = [node[end] and node[end]["id"] for end in asked]
                fed = [
                    id is not None and side.fed_by(id, differing)
                    for side, differing, id in zip(sides, only, there, strict=True)
                ]
                assert node["begins"] is not any(fed)
            shown = [*diff["inputs"]["nodes"], *diff["code"]["nodes"], diff["run"]]
            ends = (node[end]["id"] for node in shown for end in asked if node[end])
            assert {*ends} <= world.nodes.keys()
            because = sides[0].answer.because | sides[1].answer.because
            assert {*diff["incompleteBecause"]} == because


def _through(step: Any) -> list[str]:
    return ["(hidden)", step["target"]] if step["hidden"] else [step["target"]]


async def check_search(asker: Asker, world: Visible, everyone: Asker) -> None:
    query = (
        "query ($text: String!) { search(text: $text, first: 1000) { nodes { entity { id } } } }"
    )
    for text in (*WORDS, *PROJECTS, world.hidden[0]):
        all_hits = (await everyone.data(query, text=text))["search"]["nodes"]
        hits = (await asker.data(query, text=text))["search"]["nodes"]
        assert hits == [hit for hit in all_hits if hit["entity"]["id"] in world.nodes]


async def check_uploads(asker: Asker, builder: Builder, seen: list[str]) -> None:
    """What only others have must be uploaded, as if it were new."""
    query = """query ($p: String!) { artifacts(project: $p) {
      nodes { files { nodes { sha256 } } } } }"""
    known: set[str] = set()
    for name in seen:
        for node in (await asker.data(query, p=name))["artifacts"]["nodes"]:
            known |= {file["sha256"] for file in node["files"]["nodes"]}
    draft = await asker.data(
        """mutation ($p: String!) { createDraft(input: {project: $p, name: "new", type: "t"}) {
          ... on DraftPayload { artifact { id } } } }""",
        p=seen[0],
    )
    digests = [hashlib.sha256(content).hexdigest() for content in CONTENTS]
    files = [
        {"path": digest, "size": len(content), "sha256": digest}
        for digest, content in zip(digests, CONTENTS, strict=True)
    ]
    answer = await asker.data(
        """mutation ($d: ID!, $f: [FileInput!]!) { requestUploads(input: {draft: $d, files: $f}) {
          ... on UploadsPayload { uploads { method } } ... on Error { message } } }""",
        d=draft["createDraft"]["artifact"]["id"],
        f=files,
    )
    needed = [upload is not None for upload in answer["requestUploads"]["uploads"]]
    assert needed == [digest not in known for digest in digests]


async def check_neighbours(asker: Asker, world: Visible) -> None:
    ids = [*world.nodes, *world.hidden, new_id("Run")]
    found = (await asker.data(NEIGHBOURS, ids=ids))["nodes"]
    assert found == [world.shown(id) if id in world.nodes else None for id in ids]


def drawn(dump: Dumped) -> set[tuple[str, str, str, bool | None]]:
    """All edges, and whether what was logged was there already."""
    return {(e["start"], e["kind"], e["end"], e["reused"]) for e in dump.edges}


async def check_same(
    asker: Asker, builder: Builder, before: Dumped, project_name: str, project_id: str
) -> None:
    """What the viewer logs is the latest version of their collection, if that has its content.

    What only a hidden collection of the name has makes a version, as if there were none.
    """
    world = Visible(before, asker.viewer)
    runs, edges = world.ids("Run"), drawn(before)
    made: set[str] = set()
    for number, name in enumerate(WORDS):
        versions = [
            id for id in world.ids("Artifact", project_id) if world.nodes[id]["name"] == name
        ]
        elsewhere = [known for (_, named), known in builder.newest.items() if named == name]
        latest, content = builder.newest.get((project_name, name)) or (*elsewhere, (None, b"x"))[0]
        by = runs[number % len(runs)]
        input = {"project": project_name, "name": name, "type": "dataset", "run": by}
        file = {"path": PATHS.get(content, "a"), "content": b64encode(content).decode()}
        logged = (await asker.data(LOG, input=input | {"files": [file]}))["logArtifact"]
        id = logged["artifact"]["id"]
        if versions:
            assert id == latest == versions[-1]
            if (id, "LOGGED_BY", by, False) not in edges:
                edges.add((id, "LOGGED_BY", by, True))
        else:
            assert id not in {node["id"] for node in before.nodes} | made
            edges.add((id, "LOGGED_BY", by, False))
            made.add(id)
        index = max(0, len(versions) - 1)
        shown = {"id": id, "version": f"v{index}", "index": index}
        assert logged == {"created": not versions, "artifact": shown}
    (after,) = await asker.stores.graph.fetch(DUMP)
    assert drawn(after) == edges
    assert {node["id"] for node in after.nodes if node["kind"] == "Artifact"} == made | {
        node["id"] for node in before.nodes if node["kind"] == "Artifact"
    }
    await check_neighbours(asker, Visible(after, asker.viewer))


@settings(
    max_examples=150 if environment.deep else 2,
    derandomize=not environment.deep,
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(STEPS, st.sets(st.sampled_from(PROJECTS), min_size=1, max_size=2))
async def test_every_answer_is_that_of_the_visible_world(
    connected: Graph, neo4j: Settings, tmp_path: Path, steps: list[Step], grants: set[str]
) -> None:
    await connected.write(WIPE)
    default = await organization.ensure_default(connected)
    viewer = Viewer(user="ada", organization_id=default.id)
    blobs = FolderBlobs(tmp_path, b"secret")
    await blobs.check()
    stores = Stores.of(connected, blobs)
    builder = Builder(stores, viewer)
    await builder.build(steps, rich=min(grants))
    names = await builder.projects()
    limited = viewer.model_copy(update={"projects": tuple(names[name] for name in grants)})
    asker, everyone = Asker(neo4j, stores, limited), Asker(neo4j, stores, viewer)
    (dump,) = await connected.fetch(DUMP)
    world = Visible(dump, limited)
    seq = max(it["since"] for it in (*dump.nodes, *dump.edges))

    await check_neighbours(asker, world)
    projects = await asker.data(
        "{ projects { totalCount nodes { id } } organization { projects { totalCount } } }"
    )
    seen = [names[name] for name in PROJECTS if name in grants]
    assert {node["id"] for node in projects["projects"]["nodes"]} == set(seen)
    assert projects["projects"]["totalCount"] == len(seen)
    assert projects["organization"]["projects"]["totalCount"] == len(seen)

    picture = picture_of(dump, viewer, seq)
    await check_lists(asker, world, picture, names)
    await check_lineage(asker, world, picture)
    await check_summaries(asker, world, picture)
    await check_paths(asker, world, picture)
    await check_differences(asker, world, picture)
    await check_notices(asker, world, picture)
    await check_search(asker, world, everyone)
    await check_deletions(asker, world, picture)
    await check_containing(asker, world, picture)
    await check_uploads(asker, builder, sorted(grants))
    await check_same(asker, builder, dump, min(grants), names[min(grants)])
    await check_changes(asker, await Visible.of(connected, limited))
    await builder.rule()
    await builder.recall()
    await check_rest(asker, everyone, await Visible.of(connected, limited), PROJECTS)
    await check_sweep(everyone)
