"""What differs between all that two versions, or two runs, came of."""

from collections import Counter
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.errors import BadInput, BadMetadata, UnknownId
from graph_api.graph import Graph
from graph_api.models.difference import ChangedAncestor, values_differing
from graph_api.models.metadata import flattened
from graph_api.models.viewer import Viewer
from graph_api.services import difference
from tests.environment import environment
from tests.services.closure import Answer, Question, expected
from tests.services.graphs import PROJECTS, Picture, pictures
from tests.services.test_lineage import exhaustive

pytestmark = pytest.mark.no_bytes


class Side:
    """What one of the two came of, by brute force."""

    def __init__(self, picture: Picture, viewer: Viewer, id: str, seq: int) -> None:
        self.id = id
        self.answer: Answer = expected(picture, viewer, Question([id], "UPSTREAM", as_of=seq))
        self.depths = dict(self.answer.depths)
        self.ancestors = self.depths.keys() - {id}
        self.edges = [(edge["source"], edge["target"], edge["kind"]) for edge in self.answer.edges]

    def fed_by(self, id: str, differing: set[str]) -> bool:
        """Whether something that differs, or that is hidden, flowed into it directly."""
        hidden = any(id in region.targets for region in self.answer.hidden)
        return hidden or any(
            target == id and source in differing | {self.id} for source, target, _ in self.edges
        )

    def inputs(self, run: str | None) -> set[str]:
        into = {
            source
            for source, target, kind in self.edges
            if target in (self.id, run) and kind != "LOGGED_BY"
        }
        return into - {self.id, run}

    def line(self, picture: Picture, id: str) -> tuple[str, ...]:
        """What it has in common with what may stand beside it."""
        collections = {node.id: node.collection_id for node in picture.nodes}
        if id.startswith("run_"):
            logged = [t for s, t, kind in self.edges if s == id and kind == "LOGGED_BY"]
            found = sorted({of for it in logged if (of := collections[it])})
            return ("run", *found) if found else (id,)
        return ("version", str(collections[id])) if collections[id] else (id,)


@settings(exhaustive, max_examples=3_000 if environment.deep else 60)
@given(pictures(), st.none() | st.just(PROJECTS[:2]), st.data())
async def test_all_that_differs_is_told_once_and_nothing_else_is(
    connected: Graph, picture: Picture, projects: tuple[str, ...] | None, data: st.DataObject
) -> None:
    await picture.write(connected)
    viewer = picture.viewer(projects)
    try:
        as_of = data.draw(st.integers(4, picture.seq))
        kind = data.draw(st.sampled_from(["Run", "Artifact"]))
        seen = [
            it.id
            for it in picture.nodes
            if viewer.reads(it.project_id) and it.since <= as_of and it.kind == kind
        ]
        if not seen:
            return
        ids = data.draw(st.sampled_from(seen)), data.draw(st.sampled_from(seen))
        sides = [Side(picture, viewer, id, as_of) for id in ids]

        found = await difference.difference(connected, viewer, *ids, as_of=as_of, seconds=60)

        nowhere = {it.id for it in picture.nodes if it.project_id is None}
        only = [one.ancestors - other.ancestors for one, other in (sides, sides[::-1])]
        told = [[it.before for it in found.ancestors], [it.after for it in found.ancestors]]
        assert [sorted(id for id in side if id) for side in told] == [*map(sorted, only)]
        for it in found.ancestors:
            check(picture, sides, only, it)
        # Of a line, no more stands alone than must.
        for line in {line_of(picture, sides, it) for it in found.ancestors}:
            within = [it for it in found.ancestors if line_of(picture, sides, it) == line]
            counts = Counter(end for it in within for end in ends(it))
            assert len(within) == max(counts.values())
        assert [it.rank for it in found.ancestors] == sorted(it.rank for it in found.ancestors)
        inputs = [side.inputs(run) for side, run in zip(sides, found.runs, strict=True)]
        assert {it.before for it in found.inputs} - {None} == inputs[0] - inputs[1]
        assert {it.after for it in found.inputs} - {None} == inputs[1] - inputs[0]
        assert {*found.incomplete_because} == sides[0].answer.because | sides[1].answer.because
        for side, run in zip(sides, found.runs, strict=True):
            made = [s for s, t, edge in side.edges if t == side.id and edge == "LOGGED_BY"]
            # Every run is in a project; only of these pictures some are not.
            made = [it for it in made if it not in nowhere or projects is None]
            if kind == "Run":
                assert run == side.id
            else:
                assert run in (made or [None])
    finally:
        await picture.erase(connected)


def ends(it: ChangedAncestor) -> Iterable[str]:
    return [name for name, id in (("before", it.before), ("after", it.after)) if id]


def line_of(picture: Picture, sides: list[Side], it: ChangedAncestor) -> tuple[str, ...]:
    if it.after:
        return sides[1].line(picture, it.after)
    assert it.before
    return sides[0].line(picture, it.before)


def check(picture: Picture, sides: list[Side], only: list[set[str]], it: ChangedAncestor) -> None:
    """What is said of one of them."""
    before, after = sides
    if it.before and it.after:
        assert before.line(picture, it.before) == after.line(picture, it.after)
    assert it.depth == (after.depths[it.after] if it.after else before.depths[it.before or ""])
    fed = [
        side.fed_by(id, differing)
        for side, differing, id in zip(sides, only, (it.before, it.after), strict=True)
        if id
    ]
    assert it.begins is not any(fed)


async def test_only_two_versions_or_two_runs_differ(connected: Graph) -> None:
    picture = Picture()
    version, run, model = picture.node("Artifact"), picture.node("Run"), picture.node("Model")
    await picture.write(connected)
    viewer = picture.viewer()

    for pair in ((version, run), (model, model), (version, model)):
        with pytest.raises(BadInput, match="two versions"):
            await difference.difference(connected, viewer, *pair, seconds=60)
    for pair in ((version, "artifact_unknown"), ("unknown", version)):
        with pytest.raises(UnknownId, match="unknown"):
            await difference.difference(connected, viewer, *pair, seconds=60)
    same = await difference.difference(connected, viewer, version, version, seconds=60)
    assert (same.ancestors, same.inputs, same.runs) == ((), (), (None, None))


def test_values_differ_by_type_too_and_lie_at_paths_whose_dots_are_escaped() -> None:
    before = {"a.b": {"c": 1}, "list": [1, 2], "same": {"x": None}, "gone": {}, "true": 1}
    after = {"a.b": {"c": 1.0}, "list": [2, 1], "same": {"x": None}, "new": None, "true": True}

    found = values_differing(before, after)

    assert [(it.path, it.before, it.after, it.there) for it in found] == [
        ("a\\.b.c", 1, 1.0, (True, True)),
        ("gone", {}, None, (True, False)),
        ("list", [1, 2], [2, 1], (True, True)),
        ("new", None, None, (False, True)),
        ("true", 1, True, (True, True)),
    ]
    assert values_differing(after, after) == ()


def test_a_long_key_above_many_others_is_refused() -> None:
    hostile = {"k" * 100_000: {f"a{number}": None for number in range(100)}}

    with pytest.raises(BadMetadata, match="too long and too many"):
        values_differing({}, hostile)
    with pytest.raises(BadMetadata, match="too long and too many"):
        flattened(hostile)
