"""Why one version is not what another is, over HTTP."""

from typing import Any

import pytest

from tests.schema.conftest import Api
from tests.schema.paged import List
from tests.schema.test_mutations import RUN, started
from tests.schema.windows import shown

pytestmark = pytest.mark.no_bytes

VALUES = "path change before after"
PAIR = "change before { label } after { label }"
DIFFERENCE = f"""query ($before: ID!, $after: ID!, $asOf: AsOf) {{
  lineageDiff(before: $before, after: $after, asOf: $asOf) {{
    complete incompleteBecause before {{ label }} after {{ label }}
    files {{ nodes {{ path change before {{ sha256 }} after {{ sha256 }} }} }}
    metadata {{ {VALUES} }}
    run {{ before {{ name }} after {{ name }}
      parameters {{ {VALUES} }} metrics {{ {VALUES} }} metadata {{ {VALUES} }} }}
    inputs {{ nodes {{ {PAIR} }} }} code {{ nodes {{ {PAIR} }} }}
    ancestors {{ nodes {{ {PAIR} depth begins }} }} }} }}"""


async def log(api: Api, name: str, content: str, **input: Any) -> str:
    """A version of a name; its id."""
    files = [{"path": "same", "content": "c2FtZQ=="}, {"path": "own", "content": content}]
    given = {"project": "digits", "name": name, "type": name, "files": files, **input}
    done = await api.mutate("logArtifact", "... on CommitPayload { artifact { id } }", **given)
    return done["artifact"]["id"]


async def trained(api: Api, data: str, content: str, rate: float, metric: float) -> str:
    """A version of the model, made by a run of these parameters and results; its id."""
    notes = {"git": {"commit": content}, "same": 1}
    run = await started(
        api, name=f"train-{content}", used=[data], parameters={"rate": rate}, metadata=notes
    )
    points = [{"key": "accuracy", "value": metric}, {"key": "loss", "value": 1}]
    await api.mutate("logMetrics", RUN, run=run["id"], points=points)
    await log(api, "code", content, run=run["id"])
    return await log(api, "model", content, run=run["id"], metadata={"note": content})


async def two_models(api: Api) -> tuple[str, str]:
    """The second came of other raw data, cleaned by another run, and was trained otherwise."""
    made: list[str] = []
    for content, rate, metric in (("b25l", 0.1, 0.8), ("dHdv", 0.01, 0.9)):
        raw = await log(api, "raw", content)
        cleaning = (await started(api, name=f"clean-{content}", used=[raw]))["id"]
        clean = await log(api, "clean", content, run=cleaning)
        made.append(await trained(api, clean, content, rate, metric))
    return made[0], made[1]


def told(connection: Any, *more: str) -> list[tuple[Any, ...]]:
    return [
        (
            it["change"],
            it["before"] and it["before"]["label"],
            it["after"] and it["after"]["label"],
            *(it[name] for name in more),
        )
        for it in connection["nodes"]
    ]


async def test_why_one_model_is_not_what_another_is_comes_in_one_answer(api: Api) -> None:
    before, after = await two_models(api)

    diff = (await api.data(DIFFERENCE, before=before, after=after))["lineageDiff"]

    assert (diff["complete"], diff["incompleteBecause"]) == (True, [])
    assert (diff["before"]["label"], diff["after"]["label"]) == ("model:v0", "model:v1")
    assert [(it["path"], it["change"]) for it in diff["files"]["nodes"]] == [("own", "CHANGED")]
    assert diff["metadata"] == [
        {"path": "note", "change": "CHANGED", "before": "b25l", "after": "dHdv"}
    ]
    run = diff["run"]
    assert (run["before"]["name"], run["after"]["name"]) == ("train-b25l", "train-dHdv")
    assert run["parameters"] == [
        {"path": "rate", "change": "CHANGED", "before": 0.1, "after": 0.01}
    ]
    assert run["metrics"] == [
        {"path": "accuracy", "change": "CHANGED", "before": 0.8, "after": 0.9}
    ]
    assert [(it["path"], it["after"]) for it in run["metadata"]] == [("git.commit", "dHdv")]
    assert told(diff["inputs"]) == [("CHANGED", "clean:v0", "clean:v1")]
    assert told(diff["code"]) == [("CHANGED", "code:v0", "code:v1")]
    assert told(diff["ancestors"], "depth", "begins") == [
        ("CHANGED", "raw:v0", "raw:v1", 4, True),
        ("CHANGED", "train-b25l", "train-dHdv", 1, False),
        ("CHANGED", "clean:v0", "clean:v1", 2, False),
        ("CHANGED", "clean-b25l", "clean-dHdv", 3, False),
    ]


async def test_runs_differ_too_and_what_only_one_has_is_added_or_removed(api: Api) -> None:
    raw, more = await log(api, "raw", "b25l"), await log(api, "more", "b25l")
    first = await started(api, name="first", used=[raw, more], parameters={"a": 1, "b": None})
    second = await started(api, name="second", used=[raw], parameters={"b": None, "c": 2})

    diff = (await api.data(DIFFERENCE, before=first["id"], after=second["id"]))["lineageDiff"]

    assert diff["files"] is None
    assert [(it["path"], it["change"]) for it in diff["run"]["parameters"]] == [
        ("a", "REMOVED"),
        ("c", "ADDED"),
    ]
    assert told(diff["inputs"]) == [("REMOVED", "more:v0", None)]
    assert told(diff["ancestors"], "begins") == [("REMOVED", "more:v0", None, True)]
    assert diff["code"]["nodes"] == []


async def test_what_one_came_of_is_as_of_a_moment_and_of_the_other_too(api: Api) -> None:
    raw = await log(api, "raw", "b25l")
    run = (await started(api, name="tune", used=[raw]))["id"]
    tuned = await log(api, "raw", "dHdv", run=run)
    moment = (
        "query ($id: ID!) { node(id: $id) { ... on Entity { history(last: 1) {"
        " nodes { change { seq } } } } } }"
    )
    (entry,) = (await api.data(moment, id=tuned))["node"]["history"]["nodes"]
    seq = entry["change"]["seq"]
    other = await log(api, "other", "b25l")
    await api.mutate("use", RUN, run=run, entities=[other])

    then = (await api.data(DIFFERENCE, before=raw, after=tuned, asOf=seq))["lineageDiff"]
    now = (await api.data(DIFFERENCE, before=raw, after=tuned))["lineageDiff"]

    assert (
        told(then["ancestors"], "begins")
        == [
            ("ADDED", None, "tune", False),
            ("ADDED", None, "raw:v0", True),
        ][::-1]
    )
    assert told(now["inputs"]) == [("ADDED", None, "raw:v0"), ("ADDED", None, "other:v0")]
    assert then["run"]["before"] is None


async def test_pages_of_a_difference_are_its_list_from_either_end_as_of_the_first(
    api: Api,
) -> None:
    before, after = await two_models(api)
    within = f'lineageDiff(before: "{before}", after: "{after}") {{ LIST }}'
    asked = List("ancestors", "", within, "depth after { id }")

    (whole,) = await shown(api, asked, "first: 50")
    forward = await shown(api, asked, "first: 1")
    backward = await shown(api, asked, "last: 3")
    await log(api, "raw", "bmV3")
    while forward[-1].next:
        forward += await shown(api, asked, f'first: 1, after: "{forward[-1].cursors[-1]}"')
    while backward[0].previous:
        backward[:0] = await shown(api, asked, f'last: 3, before: "{backward[0].cursors[0]}"')

    assert len(whole.items) == 4
    assert [it for page in forward for it in page.items] == whole.items
    assert [it for page in backward for it in page.items] == whole.items
