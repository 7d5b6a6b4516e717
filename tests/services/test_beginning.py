"""A walk that ends where a page does changes no answer."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.graph import Graph
from graph_api.services import lineage
from graph_api.services.lineage import Reading
from tests.environment import environment
from tests.services.test_lineage import Asked, ask, asked, exhaustive

pytestmark = pytest.mark.no_bytes


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
