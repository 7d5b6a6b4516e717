"""Notes about entities."""

import pytest

from graph_api.errors import BadInput, BadName, Forbidden, UnknownId
from graph_api.models.page import Stretch, Window, key_of
from graph_api.services import idempotency, note
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes


async def notes(
    world: World, *ids: str, window: Window | None = None, key: str | None = None
) -> list[list[str]]:
    stretch: Stretch = (window or Window(9)).stretch(key_of)
    found = await note.NotesAbout(stretch, key)(world.graph, world.viewer, list(ids))
    return [[row.text for row in page.items] for page in found]


async def write(world: World, id: str, *texts: str, key: str | None = None) -> None:
    for text in texts:
        await note.add(world.graph, world.viewer, LIMITS, id, text, key)


async def test_the_notes_about_each_entity_come_in_order(world: World) -> None:
    run, model, bare = await world.run(), await world.model("m"), await world.model("bare")
    await write(world, run, "one", "two")
    await write(world, model, "three")
    await write(world, run, "four", key="k")

    assert await notes(world, model, bare, run) == [["three"], [], ["one", "two", "four"]]
    assert await notes(world, run, key="k") == [["four"]]
    # A page is read with one item further.
    assert await notes(world, run, window=Window(last=1)) == [["four", "two"]]


async def test_a_note_that_comes_twice_under_a_key_of_its_call_is_one(world: World) -> None:
    id = await world.model("m")
    call = idempotency.call("k", ["addNote", id])
    for _ in range(2):
        await note.add(world.graph, world.viewer, LIMITS, id, "once", None, call)

    assert await notes(world, id) == [["once"]]


async def test_a_bad_note_leaves_nothing(world: World) -> None:
    id = await world.model("m")
    before = await world.snapshot()
    reader = world.viewer.model_copy(update={"writable": ()})

    for text in ("", " \n ", "x" * 65_537):
        with pytest.raises(BadInput, match=f"has {len(text):,} characters"):
            await write(world, id, text)
    with pytest.raises(BadName):
        await write(world, id, "text", key="a\nb")
    with pytest.raises(UnknownId):
        await write(world, "model_01h455vb4pex5vsknk084sn02q", "text")
    with pytest.raises(Forbidden):
        await note.add(world.graph, reader, LIMITS, id, "text")

    assert await world.snapshot() == before
