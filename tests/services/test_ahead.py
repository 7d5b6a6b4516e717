"""What a walk asks for ahead, and where it ends with a page, changes no answer."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.graph import Graph, Query
from graph_api.models.lineage import End
from graph_api.models.where import Side
from graph_api.services import lineage
from graph_api.services.lineage import Reading, ahead
from tests.environment import environment
from tests.services.closure import answered, expected
from tests.services.graphs import Picture
from tests.services.test_lineage import Asked, ask, asked, exhaustive

pytestmark = pytest.mark.no_bytes


@settings(exhaustive, max_examples=1_000 if environment.deep else 60)
@given(asked(), st.sampled_from([1, 3, 64]))
async def test_a_walk_that_looks_ahead_is_the_brute_force_closure(
    connected: Graph, asked: Asked, most: int
) -> None:
    await asked.picture.write(connected)
    try:
        with pytest.MonkeyPatch.context() as patch:
            # It looks ahead at once, however wide it is.
            patch.setattr(ahead, "_PATIENCE", 0)
            patch.setattr(ahead, "_NARROW", 1_000)
            patch.setattr(ahead, "_MOST", most)
            for question in asked.questions:
                found = await ask(connected, asked.viewer, question)

                assert answered(found) == expected(asked.picture, asked.viewer, question)
    finally:
        await asked.picture.erase(connected)


@pytest.mark.parametrize("direction", ["UPSTREAM", "DOWNSTREAM"])
async def test_a_chain_of_runs_takes_few_statements(
    connected: Graph, direction: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = Picture()
    ends = [picture.node("Artifact")]
    for _ in range(300):
        ends.append(picture.node("Artifact"))
        picture.step(ends[-2], ends[-1])
    await picture.write(connected)
    root = ends[0] if direction == "DOWNSTREAM" else ends[-1]
    asked: list[str] = []
    fetch = connected.fetch

    async def counted(query: Query[Any], **parameters: Any) -> list[Any]:
        asked.append(query.name)
        return await fetch(query, **parameters)

    monkeypatch.setattr(connected, "fetch", counted)
    try:
        found = await lineage.lineage(connected, picture.viewer(), [root], direction, seconds=60)
        walk = len(asked)
        told = 0
        stream = lineage.stream(
            *(connected, picture.viewer(), [root], direction, "EDGES"), seconds=60
        )
        async for rows in stream:
            told += 0 if isinstance(rows, End) else len(rows)

        assert [*found.depths.values()] == [*range(601)]
        assert (len(found.edges), told) == (600, 600)
        # Some singly, then 64 and 65 entities of the chain by two each.
        assert walk < 45
        assert len(asked) - walk < 45
    finally:
        await picture.erase(connected)


@settings(exhaustive, max_examples=1_000 if environment.deep else 40)
@given(asked(), st.data())
async def test_the_beginning_of_an_answer_is_that_of_all_of_it(
    connected: Graph, asked: Asked, data: st.DataObject
) -> None:
    await asked.picture.write(connected)
    try:
        for question in asked.questions:
            if question.shared or question.where.show_only is not None:
                continue
            question = replace(question, reached=False)
            whole = await ask(connected, asked.viewer, question)
            after = data.draw(st.none() | st.sampled_from(whole.places))
            size = data.draw(st.integers(0, 5))

            found = await lineage.beginning(
                connected,
                asked.viewer,
                question.roots,
                question.direction,
                [Reading(size, after)],
                depth=question.depth,
                limit=question.limit,
                where=question.where,
                as_of=question.as_of,
                seconds=60,
            )

            start = 0 if after is None else whole.places.index(after) + 1
            assert found.places[: start + size + 1] == whole.places[: start + size + 1]
            assert after is not None or len(found.places) <= max(1, size + 1)
    finally:
        await asked.picture.erase(connected)
