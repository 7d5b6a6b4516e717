"""Summaries of a lineage over HTTP."""

from typing import Any

import pytest

from tests.schema.conftest import Api
from tests.schema.paged import List
from tests.schema.test_lineage import chain
from tests.schema.test_mutations import started
from tests.schema.test_queries import logged
from tests.schema.windows import shown

pytestmark = pytest.mark.no_bytes

SUMMARY = """query ($root: ID!, $by: CollapseBy, $seq: AsOf) {
  lineageSummary(roots: [$root], direction: DOWNSTREAM, collapseBy: $by, asOf: $seq) {
    asOf { seq } complete incompleteBecause nodeCount
    counts { depth kind count } edgeCounts { kind role count }
    groups { nodes { key label kind count minDepth maxDepth hasRoot edgeCount
      entity { __typename label } example { label } } }
    groupEdges { source target kind role count } hidden { number } } }"""


async def summary(api: Api, root: str, by: str | None = None, seq: int | None = None) -> Any:
    return (await api.data(SUMMARY, root=root, by=by, seq=seq))["lineageSummary"]


async def sweep(api: Api) -> dict[str, str]:
    """The chain raw → cleaning → clean → training → model, and two more runs that train a model."""
    ids = await chain(api)
    link = """mutation ($s: ID!, $t: ID!) { link(input: {source: $s, target: $t, role: "teacher"}) {
      ... on Error { message } } }"""
    await api.data(link, s=ids["clean"], t=ids["model"])
    for number, content in enumerate(("YQ==", "Yg==")):
        run = (await started(api, name=f"training {number}", used=[ids["clean"]]))["id"]
        ids[f"model {number}"] = (await logged(api, "model", content=content, run=run))["id"]
    return ids


def boxes(answer: Any) -> dict[str, str]:
    """Labels by key."""
    return {it["key"]: it["label"] for it in answer["groups"]["nodes"]}


def flows(answer: Any) -> list[tuple[str, str, str, str | None, int]]:
    labels = boxes(answer)
    return [
        (labels[it["source"]], labels[it["target"]], it["kind"], it["role"], it["count"])
        for it in answer["groupEdges"]
    ]


async def test_counts_are_told_without_loading_an_entity(api: Api) -> None:
    ids = await sweep(api)

    with api.statements() as names:
        answer = await summary(api, ids["raw"])

    assert (answer["complete"], answer["incompleteBecause"]) == (True, [])
    assert answer["nodeCount"] == 9
    assert [(it["depth"], it["kind"], it["count"]) for it in answer["counts"]] == [
        (0, "ARTIFACT", 1),
        (1, "RUN", 1),
        (2, "ARTIFACT", 1),
        (3, "ARTIFACT", 1),
        (3, "RUN", 3),
        (4, "ARTIFACT", 2),
    ]
    assert [(it["kind"], it["role"], it["count"]) for it in answer["edgeCounts"]] == [
        ("LINKED_TO", "teacher", 1),
        ("LOGGED_BY", None, 4),
        ("USED_BY", None, 4),
    ]
    assert (answer["groups"], answer["groupEdges"], answer["hidden"]) == (None, [], [])
    assert set(names) == {"ledger/now", "entity/locate", "lineage/downstream"}


async def test_by_collection_versions_are_one_box_and_so_are_runs_that_did_the_same(
    api: Api,
) -> None:
    ids = await sweep(api)

    with api.statements() as names:
        answer = await summary(api, ids["raw"], "COLLECTION")

    groups = answer["groups"]["nodes"]
    assert [(it["label"], it["kind"], it["count"], it["minDepth"]) for it in groups] == [
        ("raw", "ARTIFACT", 1, 0),
        ("cleaning", "RUN", 1, 1),
        ("clean", "ARTIFACT", 1, 2),
        ("model", "ARTIFACT", 3, 3),
        ("training", "RUN", 3, 3),
    ]
    assert [(it["hasRoot"], it["edgeCount"], it["maxDepth"]) for it in groups] == [
        (True, 0, 0),
        (False, 0, 1),
        (False, 0, 2),
        (False, 0, 4),
        (False, 0, 3),
    ]
    assert [it["entity"] and it["entity"]["__typename"] for it in groups] == [
        "ArtifactCollection",
        None,
        "ArtifactCollection",
        "ArtifactCollection",
        None,
    ]
    assert groups[3]["example"] == {"label": "model:v0"}
    assert flows(answer) == [
        ("raw", "cleaning", "USED_BY", None, 1),
        ("cleaning", "clean", "LOGGED_BY", None, 1),
        ("clean", "model", "LINKED_TO", "teacher", 1),
        ("clean", "training", "USED_BY", None, 3),
        ("training", "model", "LOGGED_BY", None, 3),
    ]
    # The roots by what they are drawn together by; entities of the page, all at once.
    assert names.count("entity/by_ids") == 2
    assert names.count("lineage/downstream") == 5
    assert len(names) == 9


async def test_by_type_project_and_role_entities_are_drawn_together_by_what_these_say(
    api: Api,
) -> None:
    ids = await sweep(api)

    by_type = await summary(api, ids["raw"], "TYPE")
    by_project = await summary(api, ids["raw"], "PROJECT")
    by_role = await summary(api, ids["raw"], "ROLE")

    (type,) = {it["label"] for it in by_type["groups"]["nodes"]} - {"Run"}
    assert {(it["label"], it["count"]) for it in by_type["groups"]["nodes"]} == {
        (type, 5),
        ("Run", 4),
    }
    assert set(flows(by_type)) == {
        (type, "Run", "USED_BY", None, 4),
        ("Run", type, "LOGGED_BY", None, 4),
    }
    assert [it["edgeCount"] for it in by_type["groups"]["nodes"] if it["label"] == type] == [1]
    (project,) = by_project["groups"]["nodes"]
    assert (project["kind"], project["count"], project["edgeCount"]) == (None, 9, 9)
    assert project["entity"] == {"__typename": "Project", "label": project["label"]}
    assert by_project["groupEdges"] == []
    assert [(it["label"], it["kind"], it["count"]) for it in by_role["groups"]["nodes"]] == [
        ("Artifact", "ARTIFACT", 4),
        ("Run", "RUN", 4),
        ("teacher", "ARTIFACT", 1),
    ]


async def test_pages_of_groups_are_the_list_from_either_end_as_of_the_first(api: Api) -> None:
    ids = await sweep(api)
    within = (
        f'lineageSummary(roots: ["{ids["raw"]}"], direction: DOWNSTREAM, collapseBy: COLLECTION) '
        "{ LIST }"
    )
    asked = List("groups", "", within, "key label count")

    (whole,) = await shown(api, asked, "first: 50")
    forward = await shown(api, asked, "first: 2")
    backward = await shown(api, asked, "last: 2")
    await started(api, name="another", used=[ids["raw"]])
    while forward[-1].next:
        forward += await shown(api, asked, f'first: 2, after: "{forward[-1].cursors[-1]}"')
    while backward[0].previous:
        backward[:0] = await shown(api, asked, f'last: 2, before: "{backward[0].cursors[0]}"')
    (later,) = await shown(api, asked, "first: 50")

    assert len(whole.items) == 5
    assert [it for page in forward for it in page.items] == whole.items
    assert [it for page in backward for it in page.items] == whole.items
    assert len(later.items) == 6
    cursor = forward[0].cursors[-1]
    for other in ("DOWNSTREAM, collapseBy: TYPE", "UPSTREAM, collapseBy: COLLECTION"):
        document = (
            f'{{ lineageSummary(roots: ["{ids["raw"]}"], direction: {other}) {{ '
            f'groups(after: "{cursor}") {{ nodes {{ key }} }} }} }}'
        )
        ((code, _),) = await api.errors(document)
        assert code == "CURSOR_OF_ANOTHER_LIST"


async def test_an_entity_knows_what_its_own_lineage_holds(api: Api) -> None:
    ids = await sweep(api)
    query = """query ($id: ID!, $after: String) { artifact(id: $id) {
      lineageSummary(direction: UPSTREAM, collapseBy: COLLECTION) { nodeCount
        groups(first: 2, after: $after) { nodes { label } pageInfo { endCursor } } } } }"""

    first = (await api.data(query, id=ids["model 0"]))["artifact"]["lineageSummary"]
    await started(api, name="another", used=[ids["raw"]])
    after = first["groups"]["pageInfo"]["endCursor"]
    rest = (await api.data(query, id=ids["model 0"], after=after))["artifact"]["lineageSummary"]

    assert first["nodeCount"] == rest["nodeCount"] == 5
    labels = [it["label"] for page in (first, rest) for it in page["groups"]["nodes"]]
    assert labels == ["model", "training 0", "clean", "cleaning"]


async def test_as_of_a_moment_a_summary_stays_what_it_was_while_others_write(api: Api) -> None:
    ids = await chain(api)
    answers = [await summary(api, ids["raw"], "COLLECTION")]
    for number in range(3):
        run = (await started(api, name=f"more {number}", used=[ids["clean"]]))["id"]
        await logged(api, f"more {number}", content="bXg=", run=run)
        answers.append(await summary(api, ids["raw"], "COLLECTION"))

    assert [it["nodeCount"] for it in answers] == [5, 7, 9, 11]
    for then in answers:
        assert await summary(api, ids["raw"], "COLLECTION", then["asOf"]["seq"]) == then


async def test_only_what_is_shown_is_counted(api: Api) -> None:
    ids = await sweep(api)
    query = """query ($roots: [ID!]!, $where: LineageWhere, $shared: Boolean!, $depth: Int) {
      lineageSummary(roots: $roots, direction: UPSTREAM, where: $where, shared: $shared,
        depth: $depth, collapseBy: COLLECTION) {
          incompleteBecause nodeCount groups { nodes { label count } } } }"""
    models = [ids["model 0"], ids["model 1"]]

    async def said(**more: Any) -> tuple[list[str], list[tuple[str, int]]]:
        asked = {"roots": models, "shared": False} | more
        answer = (await api.data(query, **asked))["lineageSummary"]
        assert answer["nodeCount"] == sum(it["count"] for it in answer["groups"]["nodes"])
        groups = [(it["label"], it["count"]) for it in answer["groups"]["nodes"]]
        return answer["incompleteBecause"], groups

    assert await said() == (
        [],
        [("model", 2), ("training 0", 2), ("clean", 1), ("cleaning", 1), ("raw", 1)],
    )
    assert await said(shared=True) == ([], [("clean", 1), ("cleaning", 1), ("raw", 1)])
    assert await said(where={"showOnly": {"kinds": ["RUN"]}}) == (
        [],
        [("model", 2), ("training 0", 2), ("cleaning", 1)],
    )
    assert await said(depth=1) == (["DEPTH"], [("model", 2), ("training 0", 2)])
