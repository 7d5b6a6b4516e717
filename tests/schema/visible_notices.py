"""What is told of changes to who sees a part of the world: all that touches what they see."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from graph_api.models.entity import new_id
from graph_api.models.ledger import Change
from graph_api.models.lineage import Direction
from graph_api.models.notice import TYPES, Asked, Notice, Type
from graph_api.schema import schema
from graph_api.services import ledger
from graph_api.services.notice import Closures, notices
from tests.schema.restricted import Asker, Visible
from tests.services.closure import reach
from tests.services.graphs import Picture
from tests.services.test_lineage import DIRECTIONS

OF_PROJECT: tuple[Type, ...] = TYPES[:-2]

CHANGED = """subscription ($id: ID!, $direction: Direction!) {
  lineageChanged(id: $id, direction: $direction, after: 0) {
    change { seq by what } entities { id } } }"""

Shown = tuple[int, tuple[str, ...], str | None, str | None]
"""The seq of a notice, its entities, by whom it was and what."""


async def _told(asker: Asker, asked: Asked) -> list[Notice]:
    graph, closures = asker.stores.graph, Closures()
    return [
        notice
        for change in await ledger.changes(graph, asker.viewer, 0, 10_000)
        for notice in await notices(graph, asker.viewer, closures, "a", asked, change)
    ]


async def check_notices(asker: Asker, world: Visible, picture: Picture) -> None:
    """A lineage is told as brute force over each seq's closures finds it, but for the hidden."""
    changes = await ledger.changes(asker.stores.graph, asker.viewer, 0, 10_000)
    newest = changes[-1].seq
    roots = [node.id for node in picture.nodes if node.id in world.nodes]
    for number, root in enumerate(roots[:: 1 + len(roots) // 3][:3]):
        direction = DIRECTIONS[number % 3]
        asked = Asked(events=("lineage.changed",), project_id="", of=root, direction=direction)
        within = [reach(picture, root, direction, seq) for seq in range(newest + 1)]
        expected: list[Shown] = []
        for change in changes:
            ids = [
                id
                for id in dict.fromkeys(change.subjects)
                if id in world.nodes and id in within[change.seq] | within[change.seq - 1]
            ]
            if ids:
                expected.append((change.seq, tuple(ids), *_said(change, world)))

        found = await _told(asker, asked)

        assert [(it.seq, it.entities, it.by, it.what) for it in found] == expected, root
        assert await _subscribed(asker, root, direction, len(expected)) == expected, root
    for id in (world.hidden[0], new_id("Run")):
        with pytest.raises(AssertionError, match=f"has the id '{id}'"):
            await _subscribed(asker, id, "BOTH", 1)


async def _subscribed(asker: Asker, root: str, direction: Direction, count: int) -> list[Shown]:
    """As many events of the subscription from the beginning."""
    context = await asker.context(lasting=True)
    variables = {"id": root, "direction": direction}
    events: Any = await schema.stream(CHANGED, variables, context_value=context)
    shown: list[Shown] = []
    async with asyncio.timeout(60), aclosing(events):
        while len(shown) < count:
            event = await anext(events)
            assert not event.errors, event.errors
            told, change = event.data["lineageChanged"], event.data["lineageChanged"]["change"]
            ids = tuple(it["id"] for it in told["entities"])
            shown.append((change["seq"], ids, change["by"], change["what"]))
    return shown


def _said(change: Change, world: Visible) -> tuple[str | None, str | None]:
    whole = all(id in world.nodes for id in change.subjects)
    return (change.by, change.what) if whole else (None, None)


async def told_of_project(asker: Asker, project_id: str) -> list[tuple[object, ...]]:
    """All that is told of a project, but by whom it was."""
    asked = Asked(events=OF_PROJECT, project_id=project_id, of=None, direction=None)
    return [(it.type, it.seq, it.entities, it.moves) for it in await _told(asker, asked)]
