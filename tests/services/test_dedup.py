"""Deduplication spares uploads, and tells nobody what others have stored."""

from dataclasses import replace

import pytest

from graph_api import errors
from graph_api.blobs import SignedUrl
from graph_api.models.artifact import Artifact
from graph_api.models.viewer import Viewer
from graph_api.services import artifact, entity
from tests.services.world import HOUR, LIMITS, World, entry


async def test_what_the_viewer_can_read_is_not_uploaded_again(world: World) -> None:
    await world.log("data", {"a": b"same", "b": b"old"})
    draft = await world.draft("other")

    urls, _ = await artifact.request_uploads(
        world.graph,
        world.blobs,
        world.viewer,
        LIMITS,
        draft,
        [entry("x", b"same"), entry("y", b"new")],
        HOUR,
    )

    assert [url is None for url in urls] == [True, False]
    await world.upload(draft, {"y": b"new"})
    made = await world.commit(draft)
    assert await world.download(made.id) == {"x": b"same", "y": b"new"}


async def test_equal_files_of_one_draft_are_uploaded_once(world: World) -> None:
    made = await world.log("data", {"a": b"same", "b": b"same"})

    assert await world.download(made.id) == {"a": b"same", "b": b"same"}
    assert len([key for key in await world.blobs.sizes("") if "/pages/" not in key]) == 1


async def test_a_stranger_learns_nothing_of_what_others_have_stored(world: World) -> None:
    """A viewer without the project sees the same answers for stored bytes as for new ones."""
    await world.log("secret", {"a": b"hidden bytes"}, project="theirs")
    mine = await world.project("mine")
    stranger = replace(
        world,
        viewer=Viewer(user="eve", organization_id=world.viewer.organization_id, projects=(mine,)),
    )
    draft = await stranger.draft("guess", project="mine")
    answers: list[tuple[str, int, bool]] = []
    for path, data in (("known", b"hidden bytes"), ("fresh", b"unheard of")):
        ((url,), _) = await artifact.request_uploads(
            world.graph, world.blobs, stranger.viewer, LIMITS, draft, [entry(path, data)], HOUR
        )
        assert isinstance(url, SignedUrl)
        response = await world.wire.request(url.method, url.url, headers=url.headers, content=data)
        answers.append((path, response.status_code, "uploads/" + draft in url.url))
    made = await stranger.commit(draft)

    assert answers == [("known", 200, True), ("fresh", 200, True)]
    assert await stranger.download(made.id) == {
        "known": b"hidden bytes",
        "fresh": b"unheard of",
    }


async def test_a_stranger_cannot_list_bytes_that_he_only_names(world: World) -> None:
    await world.log("secret", {"a": b"hidden bytes"}, project="theirs")
    mine = await world.project("mine")
    stranger = replace(
        world,
        viewer=Viewer(user="eve", organization_id=world.viewer.organization_id, projects=(mine,)),
    )
    draft = await stranger.draft("guess", project="mine")
    await artifact.request_uploads(
        world.graph,
        world.blobs,
        stranger.viewer,
        LIMITS,
        draft,
        [entry("a", b"hidden bytes")],
        HOUR,
    )

    with pytest.raises(errors.NeedsUpload, match="'a'"):
        await stranger.commit(draft)


async def test_a_wrong_size_of_known_bytes_is_refused_by_name(world: World) -> None:
    await world.log("data", {"a": b"same"})
    draft = await world.draft("other")
    wrong = entry("x", b"same").model_copy(update={"size": 5})
    before = await world.snapshot()

    with pytest.raises(errors.WrongSize, match="'x' is said to have 5 bytes; its content has 4"):
        await artifact.request_uploads(
            world.graph, world.blobs, world.viewer, LIMITS, draft, [wrong], HOUR
        )
    assert await world.snapshot() == before


async def test_a_stranger_finds_neither_version_nor_draft_of_others(world: World) -> None:
    made = await world.log("secret", {"a": b"1"}, project="theirs")
    draft = await world.draft("secret", project="theirs")
    eve = Viewer(user="eve", organization_id=world.viewer.organization_id, projects=())

    assert await entity.by_ids(world.graph, eve, Artifact, [made.id, draft]) == [None, None]
    for id in (made.id, draft, "artifact_01h455vb4pex5vsknk084sn02q"):
        with pytest.raises(errors.UnknownId, match=f"No Artifact has the id '{id}'"):
            await artifact.commit(world.graph, world.blobs, eve, id)
