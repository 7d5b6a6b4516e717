"""Paths over HTTP."""

from typing import Any

import pytest

from tests.schema.conftest import Api
from tests.schema.paged import List
from tests.schema.test_mutations import started
from tests.schema.test_queries import logged
from tests.schema.windows import Shown, shown

pytestmark = pytest.mark.no_bytes

PATHS = """query ($from: ID!, $to: ID!, $where: LineageWhere) {
  lineagePaths(from: $from, to: $to, where: $where) { complete incompleteBecause asOf { seq }
    paths { nodes { length nodes { label } steps { hidden edges { kind role } } } }
    cutPoints { nodes { label } } } }"""


async def diamonds(api: Api) -> dict[str, str]:
    """Raw → two runs → clean → two runs → model, and a link from raw to model; ids by label."""
    ids: dict[str, str] = {"raw": (await logged(api, "raw"))["id"]}
    for source, target in (("raw", "clean"), ("clean", "model")):
        for twin in ("a", "b"):
            name = f"{target}-{twin}"
            ids[name] = (await started(api, name=name, used=[ids[source]]))["id"]
            ids[target] = (await logged(api, target, content="dHdv", run=ids[name]))["id"]
    link = """mutation ($s: ID!, $t: ID!) { link(input: {source: $s, target: $t, role: "teacher"}) {
      ... on Error { message } } }"""
    await api.data(link, s=ids["raw"], t=ids["model"])
    return ids


def ways(answer: Any) -> list[list[str]]:
    return [[node["label"] for node in path["nodes"]] for path in answer["paths"]["nodes"]]


async def test_paths_are_told_shortest_first_with_what_each_leads_through(api: Api) -> None:
    ids = await diamonds(api)

    answer = (await api.data(PATHS, **{"from": ids["raw"], "to": ids["model"]}))["lineagePaths"]
    back = (await api.data(PATHS, **{"from": ids["model"], "to": ids["raw"]}))["lineagePaths"]

    assert (answer["complete"], answer["incompleteBecause"]) == (True, [])
    assert ways(answer) == [
        ["raw:v0", "model:v0"],
        *(
            ["raw:v0", f"clean-{one}", "clean:v0", f"model-{two}", "model:v0"]
            for one in "ab"
            for two in "ab"
        ),
    ]
    assert [path["length"] for path in answer["paths"]["nodes"]] == [1, 4, 4, 4, 4]
    direct, first, *_ = answer["paths"]["nodes"]
    link = {"kind": "LINKED_TO", "role": "teacher"}
    assert direct["steps"] == [{"hidden": False, "edges": [link]}]
    assert [[edge["kind"] for edge in step["edges"]] for step in first["steps"]] == [
        ["USED_BY"],
        ["LOGGED_BY"],
        ["USED_BY"],
        ["LOGGED_BY"],
    ]
    assert answer["cutPoints"]["nodes"] == []
    assert (back["complete"], ways(back)) == (True, [])


async def test_what_every_path_leads_through_cuts_them_all(api: Api) -> None:
    ids = await diamonds(api)
    asked: dict[str, Any] = {"from": ids["raw"], "to": ids["model"]}

    runs = {"edges": ["USED_BY", "LOGGED_BY"]}
    through = (await api.data(PATHS, **asked, where=runs))["lineagePaths"]
    without = {**runs, "stopAt": {"id": {"eq": ids["clean"]}}}
    none = (await api.data(PATHS, **asked, where=without))["lineagePaths"]

    assert through["cutPoints"]["nodes"] == [{"label": "clean:v0"}]
    assert len(ways(through)) == 4
    assert (none["complete"], ways(none), none["cutPoints"]["nodes"]) == (True, [], [])


@pytest.mark.parametrize(("field", "item"), [("paths", "length"), ("cutPoints", "id")])
async def test_pages_of_paths_are_the_list_from_either_end(api: Api, field: str, item: str) -> None:
    ids = await diamonds(api)
    to = ids["model" if field == "paths" else "model-a"]
    within = f'lineagePaths(from: "{ids["raw"]}", to: "{to}") {{ LIST }}'
    if field == "cutPoints":
        late = (await started(api, name="late", used=[to]))["id"]
        within = within.replace(to, late)
    asked = List(field, "", within, item)

    (whole,) = await shown(api, asked, "first: 50")
    forward: list[Shown] = await shown(api, asked, "first: 2")
    while forward[-1].next:
        await logged(api, "raw", content="bmV3", run=ids["model-a"])
        forward += await shown(api, asked, f'first: 2, after: "{forward[-1].cursors[-1]}"')
    backward: list[Shown] = await shown(api, asked, "last: 2")
    while backward[0].previous:
        backward[:0] = await shown(api, asked, f'last: 2, before: "{backward[0].cursors[0]}"')

    assert len(whole.items) >= 2
    assert [it for page in forward for it in page.items] == whole.items
    assert [it for page in backward for it in page.items] == whole.items
    assert (forward[0].previous, backward[-1].next) == (False, False)


async def test_cursors_of_two_moments_are_refused_together(api: Api) -> None:
    ids = await diamonds(api)
    within = f'lineagePaths(from: "{ids["raw"]}", to: "{ids["model"]}") {{ LIST }}'
    asked = List("paths", "", within, "length")
    (before,) = await shown(api, asked, "first: 1")
    await logged(api, "other", content="bmV3")
    (after,) = await shown(api, asked, "first: 1")

    both = asked.document(f'after: "{before.cursors[0]}"', f'after: "{after.cursors[0]}"')
    answer = await api.post(both)

    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "several moments" in answer.json()["errors"][0]["message"]


async def test_where_says_what_to_show_and_where_to_stop_and_roots_say_who_reaches(
    api: Api,
) -> None:
    ids = await diamonds(api)
    query = """query ($roots: [ID!]!, $where: LineageWhere, $shared: Boolean!) {
      lineage(roots: $roots, direction: UPSTREAM, where: $where, shared: $shared) { complete
        nodes { edges { roots node { label } } } } }"""

    async def labels(where: Any, *roots: str, shared: bool = False) -> dict[str, list[str]]:
        asked = {"roots": [ids[root] for root in roots], "where": where, "shared": shared}
        found = (await api.data(query, **asked))["lineage"]
        assert found["complete"]
        names = {id: name for name, id in ids.items()}
        return {
            edge["node"]["label"]: [names[root] for root in edge["roots"]]
            for edge in found["nodes"]["edges"]
        }

    stop = {"stopAt": {"name": {"eq": "clean"}}, "edges": ["USED_BY", "LOGGED_BY"]}
    type = {"showOnly": {"type": {"eq": "dataset"}, "projects": ["digits"]}}
    shared = await labels(None, "clean-a", "model-b", shared=True)

    assert [*await labels(stop, "model")] == ["model:v0", "model-a", "model-b", "clean:v0"]
    assert [*await labels(type, "model-a")] == ["model-a", "clean:v0", "raw:v0"]
    assert shared == {"raw:v0": ["clean-a", "model-b"], "clean-a": ["clean-a", "model-b"]}
