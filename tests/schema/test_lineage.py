"""Lineage over HTTP: one answer, and whether it is all there is."""

from typing import Any

import pytest

from tests.schema.conftest import Api
from tests.schema.test_mutations import started
from tests.schema.test_queries import logged

pytestmark = pytest.mark.no_bytes

ANSWER = """fragment Answer on Lineage { complete incompleteBecause nodeCount
  omitted { kind count } edges { source target kind reused }
  nodes { edges { depth node { label } } } }"""


async def chain(api: Api) -> dict[str, str]:
    """Raw → clean-run → clean → train-run → model; the ids by label."""
    ids: dict[str, str] = {"raw": (await logged(api, "raw"))["id"]}
    for source, name, target in (("raw", "cleaning", "clean"), ("clean", "training", "model")):
        ids[name] = (await started(api, name=name, used=[ids[source]]))["id"]
        ids[target] = (await logged(api, target, content="dHdv", run=ids[name]))["id"]
    return ids


def labels(answer: Any) -> list[tuple[int, str]]:
    return [(edge["depth"], edge["node"]["label"]) for edge in answer["nodes"]["edges"]]


async def test_upstream_of_a_model_is_all_that_flowed_into_it(api: Api) -> None:
    ids = await chain(api)
    await logged(api, "unrelated", content="MTIz")

    data = await api.data(
        ANSWER + "query ($id: ID!) { artifact(id: $id) { upstream { ...Answer } } }",
        id=ids["model"],
    )
    answer = data["artifact"]["upstream"]

    assert labels(answer) == [
        (0, "model:v0"),
        (1, "training"),
        (2, "clean:v0"),
        (3, "cleaning"),
        (4, "raw:v0"),
    ]
    assert (answer["complete"], answer["incompleteBecause"], answer["omitted"]) == (True, [], [])
    flow = [(edge["source"], edge["kind"], edge["target"]) for edge in answer["edges"]]
    assert flow == [
        (ids["training"], "LOGGED_BY", ids["model"]),
        (ids["clean"], "USED_BY", ids["training"]),
        (ids["cleaning"], "LOGGED_BY", ids["clean"]),
        (ids["raw"], "USED_BY", ids["cleaning"]),
    ]


async def test_an_answer_that_is_cut_says_why_and_what_is_missing(api: Api) -> None:
    ids = await chain(api)
    query = ANSWER + "query ($id: ID!) { artifact(id: $id) { downstream(%s) { ...Answer } } }"

    deep = (await api.data(query % "depth: 2", id=ids["raw"]))["artifact"]["downstream"]
    few = (await api.data(query % "limit: 2", id=ids["raw"]))["artifact"]["downstream"]

    assert labels(deep) == [(0, "raw:v0"), (1, "cleaning"), (2, "clean:v0")]
    assert (deep["complete"], deep["incompleteBecause"]) == (False, ["DEPTH"])
    assert deep["omitted"] == [{"kind": "RUN", "count": 1}]
    assert labels(few) == [(0, "raw:v0"), (1, "cleaning")]
    assert (few["complete"], few["incompleteBecause"]) == (False, ["NODE_LIMIT"])
    assert few["omitted"] == [{"kind": "ARTIFACT", "count": 1}]


async def test_only_some_kinds_can_be_shown(api: Api) -> None:
    ids = await chain(api)

    data = await api.data(
        ANSWER
        + """query ($id: ID!) { lineage(roots: [$id], direction: UPSTREAM,
        where: {showOnly: {kinds: [ARTIFACT]}}) { ...Answer } }""",
        id=ids["model"],
    )

    assert labels(data["lineage"]) == [(0, "model:v0"), (2, "clean:v0"), (4, "raw:v0")]
    assert data["lineage"]["complete"]


async def test_nodes_page_in_order(api: Api) -> None:
    ids = await chain(api)
    query = """query ($id: ID!, $after: String, $seq: AsOf) {
      lineage(roots: [$id], direction: UPSTREAM, asOf: $seq) { asOf { seq }
        nodes(first: 2, after: $after) { edges { node { label } }
          pageInfo { hasNextPage endCursor } } } }"""
    seen: list[str] = []
    after, seq = None, None
    while True:
        answer = (await api.data(query, id=ids["model"], after=after, seq=seq))["lineage"]
        seen += [edge["node"]["label"] for edge in answer["nodes"]["edges"]]
        seq, after = answer["asOf"]["seq"], answer["nodes"]["pageInfo"]["endCursor"]
        if not answer["nodes"]["pageInfo"]["hasNextPage"]:
            break
        await logged(api, "raw", content="bmV3", run=ids["training"])

    assert seen == ["model:v0", "training", "clean:v0", "cleaning", "raw:v0"]


async def test_counts_say_what_would_be_loaded_and_load_nothing(api: Api) -> None:
    ids = await chain(api)
    await started(api, name="other", used=[ids["raw"]])
    query = """query ($root: ID!) { lineage(roots: [$root], direction: DOWNSTREAM) {
      nodeCount counts { depth kind count } } }"""

    with api.statements() as names:
        found = (await api.data(query, root=ids["raw"]))["lineage"]

    counts = [(it["depth"], it["kind"], it["count"]) for it in found["counts"]]
    assert counts == [
        (0, "ARTIFACT", 1),
        (1, "RUN", 2),
        (2, "ARTIFACT", 1),
        (3, "RUN", 1),
        (4, "ARTIFACT", 1),
    ]
    assert found["nodeCount"] == 6
    assert set(names) == {"ledger/now", "entity/locate", "lineage/downstream"}


async def test_an_unknown_root_is_an_error_and_never_an_empty_answer(api: Api) -> None:
    unknown = "artifact_01h455vb4pex5vsknk084sn02q"

    errors = await api.errors(f'{{ lineage(roots: ["{unknown}"]) {{ nodeCount }} }}')

    assert errors == [("NOT_FOUND", f"No Artifact has the id '{unknown}'.")]


async def test_a_negative_depth_is_refused(api: Api) -> None:
    ids = await chain(api)

    errors = await api.errors(f'{{ lineage(roots: ["{ids["raw"]}"], depth: -1) {{ nodeCount }} }}')

    assert errors == [("BAD_USER_INPUT", "depth is -1; it counts edges, from 0.")]


async def test_the_pages_behind_the_first_are_one_walk_and_a_write_makes_another(api: Api) -> None:
    ids = await chain(api)
    query = """query ($root: ID!, $after: String, $asOf: AsOf) {
      lineage(roots: [$root], direction: DOWNSTREAM, asOf: $asOf) {
        asOf { seq }
        nodes(first: 3, after: $after) { nodes { label } pageInfo { endCursor } } } }"""

    async def page(**more: Any) -> tuple[list[str], int, dict[str, Any]]:
        with api.statements() as names:
            found = (await api.data(query, root=ids["raw"], **more))["lineage"]
        labels = [node["label"] for node in found["nodes"]["nodes"]]
        return labels, names.count("lineage/downstream"), found

    first, walked, found = await page()
    after = found["nodes"]["pageInfo"]["endCursor"]
    # It walks no further than the page, and one entity more.
    assert (first, walked) == (["raw:v0", "cleaning", "clean:v0"], 4)
    assert (await page(after=after))[:2] == (["training", "model:v0"], 5)

    await started(api, name="late", used=[ids["model"]])

    # What was written since is on no later page, and one that goes on is no walk.
    later, walked, same = await page(after=after)
    assert (later, walked, same["asOf"]) == (["training", "model:v0"], 0, found["asOf"])
    then = {"after": after, "asOf": found["asOf"]["seq"]}
    assert (await page(**then))[:2] == (["training", "model:v0"], 0)
    first, walked, _ = await page()
    assert (first, walked) == (["raw:v0", "cleaning", "clean:v0"], 4)


async def test_a_cursor_is_of_one_moment_and_one_direction(api: Api) -> None:
    ids = await chain(api)
    query = """query ($root: ID!, $direction: Direction!, $after: String, $asOf: AsOf) {
      lineage(roots: [$root], direction: $direction, asOf: $asOf) { ...Page } }
      fragment Page on Lineage { asOf { seq at }
        nodes(first: 1, after: $after) { nodes { id } pageInfo { endCursor } } }"""
    down: dict[str, Any] = {"root": ids["raw"], "direction": "DOWNSTREAM"}
    found = (await api.data(query, **down))["lineage"]
    after, seq = found["nodes"]["pageInfo"]["endCursor"], found["asOf"]["seq"]
    await started(api, name="late", used=[ids["model"]])
    at = found["asOf"]["at"]
    assert (await api.data(query, **down, asOf=at))["lineage"] == found
    assert (await api.data(query, **down, asOf=at, after=after))["lineage"]["asOf"] == found["asOf"]

    assert (await api.data(query, **down, after=after))["lineage"]["asOf"]["seq"] == seq
    said = f"The cursors and asOf are of several moments ({seq}, {seq + 1}); ask for one."
    assert await api.errors(query, **down, after=after, asOf=seq + 1) == [("BAD_USER_INPUT", said)]
    ((code, _),) = await api.errors(query, root=ids["raw"], direction="UPSTREAM", after=after)
    assert code == "CURSOR_OF_ANOTHER_LIST"
    ((code, _),) = await api.errors(query, **down, after="nonsense")
    assert code == "BAD_USER_INPUT"


async def test_a_page_that_asks_for_nothing_else_is_that_of_the_whole_answer(api: Api) -> None:
    ids = await chain(api)
    query = """query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
      artifact(id: $id) { upstream {
        nodes(first: $first, after: $after, last: $last, before: $before) {
          edges { depth node { label } }
          pageInfo { hasNextPage hasPreviousPage endCursor } } } } }"""

    async def page(**given: Any) -> tuple[list[str], bool, bool, str]:
        nodes = (await api.data(query, id=ids["model"], **given))["artifact"]["upstream"]["nodes"]
        info = nodes["pageInfo"]
        named = [edge["node"]["label"] for edge in nodes["edges"]]
        return named, info["hasNextPage"], info["hasPreviousPage"], info["endCursor"]

    order = ["model:v0", "training", "clean:v0", "cleaning", "raw:v0"]
    # Variables that are not sent are as if they were not there.
    assert (await page())[:3] == (order, False, False)
    first = await page(first=2)
    assert first[:3] == (order[:2], True, False)
    second = await page(first=2, after=first[3])
    assert second[:3] == (order[2:4], True, True)
    assert (await page(after=second[3]))[:3] == (order[4:], False, True)
    assert (await page(last=2))[:3] == (order[3:], False, True)
    assert (await page(first=0))[:2] == ([], True)


async def test_a_page_that_asks_for_nothing_else_walks_no_further(api: Api) -> None:
    ids = await chain(api)
    query = """query ($id: ID!) {
      artifact(id: $id) { upstream { nodes(first: 1) { nodes { id } } %s } } }"""

    with api.statements() as few:
        await api.data(query % "", id=ids["model"])
    with api.statements() as all:
        await api.data(query % "complete", id=ids["model"])

    assert few.count("lineage/upstream") < all.count("lineage/upstream")
