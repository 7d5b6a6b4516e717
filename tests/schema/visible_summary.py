"""What a summary says of the part of the world that a viewer sees."""

from dataclasses import asdict
from typing import Any

from graph_api.services import lineage
from tests.schema.restricted import Asker, Visible
from tests.services.closure import Question
from tests.services.graphs import Picture
from tests.services.grouped import summarized
from tests.services.test_lineage import DIRECTIONS
from tests.services.test_summary import WAYS

SUMMARY = """query ($id: ID!, $direction: Direction!, $by: CollapseBy!) {
  lineageSummary(roots: [$id], direction: $direction, collapseBy: $by) {
    nodeCount incompleteBecause counts { depth count } edgeCounts { kind role count }
    groups(first: 1000) { nodes { key label count entity { id label } example { id label } } }
    groupEdges { source target kind role count } hidden { number depth sources targets } } }"""


async def check_summaries(asker: Asker, world: Visible, picture: Picture) -> None:
    """Counts and groups are brute force's, and nothing in them names what is hidden."""
    roots = [node.id for node in picture.nodes if node.id in world.nodes]
    for number, root in enumerate(roots[:: 1 + len(roots) // 8]):
        by, direction = WAYS[number % len(WAYS)], DIRECTIONS[number % len(DIRECTIONS)]
        found = await lineage.summary(
            asker.stores.graph, asker.viewer, [root], direction, by=by, seconds=60
        )
        question = Question([root], direction)
        assert found == summarized(picture, asker.viewer, question, by, found), (question, by)
        told = (await asker.data(SUMMARY, id=root, direction=direction, by=by))["lineageSummary"]
        groups: list[dict[str, Any]] = told["groups"]["nodes"]
        wanted = found.collapsed
        assert wanted
        assert told["nodeCount"] == sum(it["count"] for it in told["counts"])
        assert told["nodeCount"] == sum(it["count"] for it in groups)
        assert told["incompleteBecause"] == [*found.incomplete_because]
        assert told["edgeCounts"] == [asdict(it) for it in found.edge_counts]
        assert told["groupEdges"] == [asdict(it) for it in wanted.edges]
        assert told["hidden"] == [
            {"number": at, "depth": it.depth, "sources": [*it.sources], "targets": [*it.targets]}
            for at, it in enumerate(wanted.hidden, 1)
        ]
        for group, row in zip(groups, wanted.groups, strict=True):
            assert (group["key"], group["count"]) == (row.key, row.count)
            assert group["example"]["id"] == row.example_id in world.nodes
            assert (group["entity"] and group["entity"]["id"]) == row.entity_id
            assert row.entity_id is None or row.entity_id in world.nodes
            named = group["entity"] or group["example"]
            assert group["label"] == (named["label"] if row.name is None else row.name)
