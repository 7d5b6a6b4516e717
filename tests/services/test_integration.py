"""Integrations: credentials that are stored, and who may do so."""

from datetime import UTC, datetime

import pytest

from graph_api.errors import (
    BadInput,
    BadName,
    EncryptionKeyMissing,
    Forbidden,
    NameTaken,
    NotSure,
    PlaceTaken,
    UnknownId,
)
from graph_api.models.integration import Options
from graph_api.services import integration
from graph_api.services.keyring import Keyring
from tests.services.credentials import EVERYTHING, RING, found, options, replace, store, told
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes

NOBODY = "integration_01h455vb4pex5vsknk084sn02q"


async def test_a_stored_credential_shows_all_but_its_secret(world: World) -> None:
    before = datetime.now(UTC)
    id = await store(world, "lake", options("scans/raw"))

    (row,) = await found(world)
    (everything,) = await world.graph.fetch(EVERYTHING)

    project_id = await world.project()
    assert row.model_dump(exclude={"sealed", "created_at", "updated_at"}) == {
        "id": id,
        "project_id": project_id,
        "name": "lake",
        "bucket": "lake",
        "prefix": "scans/raw/",
        "endpoint": "http://minio:9000",
        "region": "eu-1",
        "access_key": "access-s3cr3t",
        "created_by": "ada",
        "updated_by": "ada",
    }
    assert row.created_at == row.updated_at
    assert before <= row.created_at <= datetime.now(UTC)
    assert RING.open(row.sealed, id) == "s3cr3t"
    shown = f"{everything} {row!r} {options()!r}".replace("access-s3cr3t", "")
    assert "s3cr3t" not in shown
    assert row.sealed not in repr(row)
    assert await told(world) == ["Integration created: lake"]


async def test_a_credential_can_be_renamed_and_replaced_as_a_whole(world: World) -> None:
    id = await store(world, "lake", options("old/"))
    await replace(world, id, name="sea")
    (renamed,) = await found(world)
    await replace(world, id, new=options("new/", "ocean", "other"))
    (after,) = await found(world)

    assert (renamed.name, renamed.prefix, RING.open(renamed.sealed, id)) == (
        "sea",
        "old/",
        "s3cr3t",
    )
    assert (after.name, after.bucket, after.prefix) == ("sea", "ocean", "new/")
    assert RING.open(after.sealed, id) == "other"
    assert after.created_at < renamed.updated_at < after.updated_at
    assert await told(world) == [
        "Integration created: lake",
        "Integration updated: sea: name",
        "Integration updated: sea: options",
    ]
    await replace(world, id)
    assert (await found(world), len(await told(world))) == ([after], 3)


async def test_a_deletion_takes_both_words_and_leaves_nothing_of_the_secret(world: World) -> None:
    id = await store(world)
    (row,) = await found(world)
    for sure, really in ((False, False), (True, False), (False, True)):
        with pytest.raises(NotSure, match="say sure: true and really: true"):
            await integration.delete(world.graph, world.viewer, id, sure=sure, really=really)
    assert await found(world) == [row]

    await integration.delete(world.graph, world.viewer, id, sure=True, really=True)

    (everything,) = await world.graph.fetch(EVERYTHING)
    assert await found(world) == []
    assert row.sealed not in str(everything)
    assert await told(world) == ["Integration created: a", "Integration deleted: a"]
    with pytest.raises(UnknownId):
        await integration.delete(world.graph, world.viewer, id, sure=True, really=True)


async def test_a_name_and_a_place_are_taken_once_in_a_project(world: World) -> None:
    id = await store(world, "a", options("data/"))
    other = await store(world, "b", options("data2/"))
    await store(world, "a", options("data/"), within="letters")
    before = await world.snapshot()

    with pytest.raises(NameTaken):
        await store(world, "a", options("other/"))
    with pytest.raises(PlaceTaken, match="'a' of this project signs for s3://lake/data/ already"):
        await store(world, "c", options("data"))
    with pytest.raises(NameTaken):
        await replace(world, other, name="a")
    with pytest.raises(PlaceTaken):
        await replace(world, other, new=options("data/"))
    assert await world.snapshot() == before
    await replace(world, id, name="a", new=options("data/", secret="other"))
    assert [row.name for row in await found(world)] == ["a", "b"]


async def test_what_is_refused_leaves_no_project_behind(world: World) -> None:
    before = await world.snapshot()
    reader = world.viewer.model_copy(update={"writable": ()})

    with pytest.raises(BadName):
        await store(world, "a/b", within="new")
    with pytest.raises(EncryptionKeyMissing):
        await store(world, within="new", ring=Keyring((), None))
    with pytest.raises(Forbidden):
        await store(world, within="new", viewer=reader)
    with pytest.raises(UnknownId, match=NOBODY):
        await replace(world, NOBODY, name="b")
    assert await world.snapshot() == before


async def test_who_may_write_may_not_administer_and_who_does_not_see_finds_nothing(
    world: World,
) -> None:
    id = await store(world)
    (row,) = await found(world)
    writer = world.viewer.model_copy(update={"administered": ()})
    stranger = world.viewer.model_copy(update={"projects": ()})
    graph = world.graph

    for viewer, error in ((writer, Forbidden), (stranger, UnknownId)):
        with pytest.raises(error):
            await integration.update(graph, RING, viewer, LIMITS, id, "b")
        with pytest.raises(error):
            await integration.delete(graph, viewer, id, sure=True, really=True)
    with pytest.raises(Forbidden):
        await store(world, "b", viewer=writer)
    assert await integration.by_ids(graph, writer, [id, NOBODY]) == [row, None]
    assert await integration.by_ids(graph, stranger, [id]) == [None]
    assert await integration.by_projects(graph, stranger, [row.project_id]) == [[]]
    assert await found(world) == [row]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"bucket": "a"}, "bucket is 'a'"),
        ({"bucket": "../x"}, "bucket is '../x'"),
        ({"bucket": "lake/inner"}, "bucket is 'lake/inner'"),
        ({"prefix": "/data"}, "prefix is '/data'"),
        ({"prefix": "a//b"}, "prefix is 'a//b'"),
        ({"prefix": "a/../b"}, "prefix is 'a/../b'"),
        ({"prefix": "./a/"}, "prefix is './a/'"),
        ({"prefix": "/"}, "prefix is '/'"),
        ({"prefix": "ü" * 513}, "in at most 1,024 bytes"),
        ({"endpoint": "s3.example.org"}, "endpoint is no address"),
        ({"endpoint": "ftp://h"}, "endpoint is no address"),
        ({"endpoint": "https://user:s3cr3t@h"}, "endpoint is no address"),
        ({"endpoint": "https://h/path"}, "endpoint is no address"),
        ({"endpoint": "https://h?s3cr3t"}, "endpoint is no address"),
        ({"endpoint": "https://h:99999"}, "endpoint is no address"),
        ({"endpoint": "https://"}, "endpoint is no address"),
        ({"region": ""}, "region is ''"),
        ({"region": "eu/1"}, "region is 'eu/1'"),
        ({"access_key": ""}, "accessKey is ''"),
        ({"access_key": "a/b"}, "accessKey is 'a/b'"),
        ({"secret_key": ""}, "secretKey has 0 characters"),
        ({"secret_key": "s3cr3t\n"}, "secretKey has 7 characters"),
        ({"secret_key": "s3cr3t" * 50}, "secretKey has 300 characters"),
    ],
)
def test_options_that_cannot_be_are_refused_without_the_secret(
    changes: dict[str, str], message: str
) -> None:
    right = {
        "bucket": "lake",
        "prefix": "",
        "endpoint": None,
        "region": "eu-1",
        "access_key": "access",
        "secret_key": "s3cr3t",
    }
    with pytest.raises(BadInput) as refused:
        Options.checked(**{**right, **changes})  # pyright: ignore[reportArgumentType]  # of strings

    assert message in str(refused.value)
    assert "s3cr3t" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, "https://s3.eu-1.amazonaws.com"),
        ("HTTPS://Store.Example.org:443/", "https://store.example.org"),
        ("http://store:80", "http://store"),
        ("http://[::1]:9000", "http://[::1]:9000"),
        ("https://h:80", "https://h:80"),
    ],
)
def test_an_endpoint_is_kept_as_clients_send_its_host(given: str | None, kept: str) -> None:
    assert Options.checked("lake", "", given, "eu-1", "a", "s").endpoint == kept
