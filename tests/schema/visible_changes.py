"""What someone changes who sees a part of the world: nothing else is reached, or counts."""

from typing import Any

from tests.schema.restricted import Asker, Visible
from tests.schema.worlds import STAGES

BACK = """mutation ($input: RollBackStageInput!) { rollBackStage(input: $input) {
  ... on ModelVersionPayload { modelVersion { index } } ... on Error { code } } }"""
CLONE = """mutation ($input: CloneDatasetInput!) { cloneDataset(input: $input) {
  ... on DatasetPayload { dataset { id } } } }"""
HISTORY = """query ($id: ID!) { model(id: $id) { stageHistory(first: 1000) {
  nodes { index stage since until } } } }"""

Period = dict[str, Any]


async def check_changes(asker: Asker, world: Visible) -> None:
    """Stages that go back, and clones."""
    for id in world.ids("Model"):
        if world.nodes[id]["name"] == "locked":
            continue
        for stage in STAGES:
            await _check_back(asker, id, stage)
    for number, id in enumerate(world.ids("Dataset")):
        input = {"dataset": id, "name": f"copy {number}"}
        clone = (await asker.data(CLONE, input=input))["cloneDataset"]["dataset"]["id"]
        # As everybody sees it: it has nothing that is hidden from who made it.
        after = await Visible.of(
            asker.stores.graph, asker.viewer.model_copy(update={"projects": None})
        )
        members = [(edge["index"], edge["start"]) for edge in after.members(clone)]
        assert members == [(edge["index"], edge["start"]) for edge in world.members(id)]
        source = {"source": {"id": id}, "target": {"id": clone}, "role": "source dataset"}
        assert after.links(after.starts("LINKED_TO", clone)) == [source]


async def _check_back(asker: Asker, id: str, stage: str) -> None:
    periods = await _history(asker, id)
    held, before = _there(periods, stage), None
    earlier = [
        it
        for it in periods
        if it["stage"] == stage
        and (held is None or (it["since"] < held["since"] and it["index"] != held["index"]))
    ]
    if earlier:
        before = max(earlier, key=lambda it: (it["until"] is None, it["until"] or 0, it["index"]))
    wanted = {it["index"]: it["stage"] for it in periods if it["until"] is None}
    if before:
        wanted[before["index"]] = stage
    if before and held:
        origins = [
            it["stage"]
            for it in periods
            if it["until"] == held["since"] and it["index"] == held["index"]
        ]
        wanted[held["index"]] = origins[0] if origins else "NONE"

    input = {"model": id, "stage": stage, "from": held and held["index"]}
    answer = (await asker.data(BACK, input=input))["rollBackStage"]

    after = await _history(asker, id)
    assert {it["index"]: it["stage"] for it in after if it["until"] is None} == wanted
    if before is None:
        assert answer == {"code": "NOTHING_BEFORE"}
        assert after == periods
    else:
        there = _there(after, stage)
        assert answer == {"modelVersion": {"index": there and there["index"]}}


def _there(periods: list[Period], stage: str) -> Period | None:
    """The period of the newest version that is in a stage."""
    found = [it for it in periods if it["stage"] == stage and it["until"] is None]
    return max(found, key=lambda it: it["index"], default=None)


async def _history(asker: Asker, id: str) -> list[Period]:
    return (await asker.data(HISTORY, id=id))["model"]["stageHistory"]["nodes"]
