"""Whoever sees some projects is answered as if there were no others; lineage passes through."""

import hashlib
from pathlib import Path
from typing import Any

import networkx as nx
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graph_api.blobs import FolderBlobs
from graph_api.graph import Graph
from graph_api.models.edge import FLOWS_ALONG, MEMBERSHIP, Edge
from graph_api.models.entity import new_id
from graph_api.models.viewer import Viewer
from graph_api.services import lineage, organization
from graph_api.services.stores import Stores
from graph_api.settings import Settings
from tests.conftest import WIPE
from tests.environment import environment
from tests.schema.restricted import DUMP, NEIGHBOURS, Asker, Dumped, Visible
from tests.schema.worlds import CONTENTS, PROJECTS, STEPS, WORDS, Builder, Step
from tests.services.closure import Question, answered, expected
from tests.services.graphs import Flow, Node, Picture

LISTS = {"artifacts": "Artifact", "runs": "Run", "models": "Model", "datasets": "Dataset"}


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
    nodes = [Node(n["id"], n["project_id"], n["since"]) for n in dump.nodes]
    return Picture(nodes, flows, seq, viewer.organization_id)


def reached(picture: Picture) -> "nx.DiGraph[str]":
    """All along which data flows, seen or not."""
    flow: nx.DiGraph[str] = nx.DiGraph()
    flow.add_nodes_from(node.id for node in picture.nodes)
    flow.add_edges_from(
        (f.edge.source, f.edge.target) for f in picture.flows if f.edge.role not in MEMBERSHIP
    )
    return flow


async def check_lists(
    asker: Asker, world: Visible, picture: Picture, names: dict[str, str]
) -> None:
    flow = reached(picture)
    roots = [node.id for node in picture.nodes if node.id in world.nodes and node.project_id]
    runs = world.ids("Run")
    for project_name, project_id in names.items():
        if project_id not in world.nodes:
            continue
        asked: list[tuple[str, dict[str, Any], set[str]]] = []
        for list_name, kind in LISTS.items():
            asked.append((list_name, {}, set(world.ids(kind))))
            if list_name not in ("artifacts", "runs"):
                continue
            for root in roots[:: 1 + len(roots) // 4]:
                before = set(nx.dfs_preorder_nodes(flow.reverse(), root)) - {root}
                after = set(nx.dfs_preorder_nodes(flow, root)) - {root}
                asked.append((list_name, {"upstreamOf": root}, before))
                asked.append((list_name, {"not": {"downstreamOf": root}}, set(flow) - after))
        for id in runs:
            used = {e["start"] for e in world.starts("USED_BY", id)}
            logged = {e["start"] for e in world.starts("LOGGED_BY", id)}
            asked.append(("artifacts", {"usedBy": id}, used))
            asked.append(("models", {"loggedBy": id}, logged))
        for id in (*world.ids("Model"), *world.ids("Dataset"), *roots[:: 1 + len(roots) // 6]):
            users = [
                e for e in world.edges if e["kind"] == "USED_BY" and id in (e["start"], e["via"])
            ]
            asked.append(("runs", {"uses": id}, {e["end"] for e in users}))
            loggers = {e["end"] for e in world.ends("LOGGED_BY", id)}
            asked.append(("runs", {"logged": id}, loggers))
        for part in range(0, len(asked), 12):
            await _check(asker, world, project_name, project_id, asked[part : part + 12])


async def _check(
    asker: Asker,
    world: Visible,
    project_name: str,
    project_id: str,
    asked: list[tuple[str, dict[str, Any], set[str]]],
) -> None:
    fields: list[str] = []
    variables: dict[str, tuple[str, Any]] = {}
    for number, (list_name, where, _) in enumerate(asked):
        variables[f"w{number}"] = (f"{LISTS[list_name]}Where", where)
        fields.append(
            f'a{number}: {list_name}(project: "{project_name}", where: $w{number}, '
            "orderBy: {direction: DESC}) { totalCount nodes { id } }"
        )
    takes = ", ".join(f"${name}: {type}" for name, (type, _) in variables.items())
    values = {name: value for name, (_, value) in variables.items()}
    data = await asker.data(f"query ({takes}) {{ {' '.join(fields)} }}", **values)
    for number, (list_name, where, wanted) in enumerate(asked):
        there = [id for id in world.ids(LISTS[list_name], project_id)[::-1] if id in wanted]
        shown = {"totalCount": len(there), "nodes": [{"id": id} for id in there]}
        assert data[f"a{number}"] == shown, (list_name, where)


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
    await builder.build(steps)
    names = await builder.projects()
    limited = viewer.model_copy(update={"projects": tuple(names[name] for name in grants)})
    asker, everyone = Asker(neo4j, stores, limited), Asker(neo4j, stores, viewer)
    (dump,) = await connected.fetch(DUMP)
    world = Visible(dump, limited)
    seq = max(node["since"] for node in dump.nodes) + len(dump.edges) + 1

    ids = [*world.nodes, *world.hidden, new_id("Run")]
    found = (await asker.data(NEIGHBOURS, ids=ids))["nodes"]
    assert found == [world.shown(id) if id in world.nodes else None for id in ids]

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
    await check_search(asker, world, everyone)
    await check_uploads(asker, builder, sorted(grants))
