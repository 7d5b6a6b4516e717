"""What is signed by stored credentials, and what is not."""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.client import bucket
from graph_api.errors import SecretUnreadable
from graph_api.models.integration import Integration, Place
from graph_api.services import integration
from graph_api.services.integration import Signing
from graph_api.services.keyring import Keyring
from tests.services.credentials import (
    HOUR,
    OTHER,
    RING,
    found,
    options,
    replace,
    signed,
    store,
    told,
)
from tests.services.world import World

pytestmark = pytest.mark.no_bytes


async def test_the_longest_prefix_signs_and_what_none_covers_is_not_signed(world: World) -> None:
    await store(world, "wide", options("", "open", "wide"))
    await store(world, "data", options("data/", secret="data"))
    await store(world, "deep", options("data/deep/", secret="deep"))

    def key_of(url: str) -> str:
        return parse_qs(urlsplit(url).query)["X-Amz-Credential"][0].partition("/")[0]

    signs = {
        "s3://open/any": "access-wide",
        "s3://open/data/../any/a..b": None,
        "s3://open/data/a..b": "access-wide",
        "s3://lake/data/a": "access-data",
        "S3://lake/data/a": "access-data",
        "s3://lake/data/deeper": "access-data",
        "s3://lake/data/deep/a": "access-deep",
        "s3://lake/data//a": "access-data",
        # A prefix, the whole bucket, and what such a URL would list.
        "s3://lake/data/": None,
        "s3://lake/data": None,
        "s3://open/": None,
        "s3://open": None,
        "s3://open/?versionId=a": None,
        # Elsewhere, however much it looks alike.
        "s3://lake/data2/a": None,
        "s3://lake/Data/a": None,
        "s3://lake//data/a": None,
        "s3://lake/%64ata/a": None,
        "s3://lake/data/../secret": None,
        "s3://lake/data/./a": None,
        "s3://lake/data/deep/..": None,
        "s3://lakes/data/a": None,
        "s3://user@lake/data/a": None,
        "gs://lake/data/a": None,
        "https://lake/data/a": None,
        "http://minio:9000/lake/data/a": None,
        "lake/data/a": None,
    }
    urls = {uri: await signed(world, uri) for uri in signs}

    assert {uri: key_of(url) if url else None for uri, url in urls.items()} == signs
    assert await world.project("letters")
    assert await signed(world, "s3://lake/data/a", within="letters") == ""


async def test_a_change_signs_otherwise_and_after_the_end_nothing_is_signed(world: World) -> None:
    id = await store(world)
    before = await signed(world, "s3://lake/a")
    await replace(world, id, new=options(secret="other"))
    after = await signed(world, "s3://lake/a")
    await integration.delete(world.graph, world.viewer, id, sure=True, really=True)

    assert "access-s3cr3t" in before
    assert "access-other" in after
    assert "s3cr3t" not in after
    assert await signed(world, "s3://lake/a") == ""


PARTS = st.sampled_from(["a", "b", "ab", "%", "..", ".", "", "a?versionId=b", "?", "#", " ", "é"])
KEYS = st.lists(PARTS, min_size=1, max_size=5).map("/".join)


@given(
    prefixes=st.sets(st.lists(st.sampled_from(["a", "b", "ab", "%"]), max_size=3).map("/".join)),
    key=KEYS,
    named=st.sampled_from(["lake", "lakes"]),
)
def test_what_is_signed_lies_below_a_prefix_part_by_part_and_is_the_object_that_was_named(
    prefixes: set[str], key: str, named: str
) -> None:
    rows = [_row(prefix) for prefix in prefixes]
    uri = f"s3://{named}/{key}"

    url = Signing(rows, RING).url(uri, "a", HOUR)

    # The client's own reading of the same URI, and parts instead of a text.
    plain, version = key, ""
    if key.endswith("?versionId=b"):
        plain, _, version = key.rpartition("?versionId=")
    parts = plain.split("/")
    within = [p for p in prefixes if parts[: len(_split(p))] == _split(p) and parts != _split(p)]
    signable = named == "lake" and parts[-1] and not {".", ".."}.intersection(parts)
    if not (within and signable):
        assert url is None
        return
    assert url is not None
    address = urlsplit(url)
    query = parse_qs(address.query)
    assert (address.scheme, address.netloc) == ("http", "minio:9000")
    assert unquote(address.path) == f"/lake/{plain}"
    assert query.get("versionId", [""]) == [version]
    assert query["X-Amz-Credential"][0].startswith(f"{len(max(within, key=len))}-access/")


@given(key=KEYS)
def test_the_service_and_the_client_read_the_same_object_from_a_uri(key: str) -> None:
    place = Place.of(f"s3://lake/{key}")
    try:
        other = bucket.Place.of(f"s3://lake/{key}")
    except bucket.BadArgument:
        return
    if place is None:
        assert other.is_prefix or {".", ".."}.intersection(other.key.split("/"))
    else:
        assert place == (other.bucket, other.key, other.version)


async def test_a_secret_that_no_key_opens_says_what_to_do_and_the_others_sign(
    world: World,
) -> None:
    id = await store(world, "lost", options("lost/"), ring=OTHER)
    await store(world, "well", options("well/"))

    with pytest.raises(SecretUnreadable, match=r"integration 'lost' cannot be read.*adds that key"):
        await signed(world, "s3://lake/lost/a")
    assert "access-s3cr3t" in await signed(world, "s3://lake/well/a")
    findings = [finding async for finding in integration.examine(world.graph, RING)]
    assert [(finding.trouble, finding.subject) for finding in findings] == [("UNREADABLE", id)]
    assert [finding async for finding in integration.examine(world.graph, _both())] == []
    await replace(world, id, new=options("lost/", secret="again"))
    assert "access-again" in await signed(world, "s3://lake/lost/a")


async def test_a_secret_that_was_moved_to_another_integration_does_not_open(world: World) -> None:
    one = await store(world, "one", options("one/"))
    two = await store(world, "two", options("two/"))
    rows = {row.id: row for row in await found(world)}

    moved = {"sealed": rows[one].sealed}
    await world.graph.write(integration.UPDATE, id=two, properties=moved)

    with pytest.raises(SecretUnreadable):
        await signed(world, "s3://lake/two/a")


async def test_after_a_sweep_the_newest_key_is_enough(world: World) -> None:
    ids = [await store(world, name, options(f"{name}/"), ring=OTHER) for name in ("a", "b")]
    lost = await store(world, "c", options("c/"), ring=Keyring((b"gone" * 8,), None))
    kept = {row.id: row.sealed for row in await found(world)}

    assert await integration.reseal(world.graph, _both()) == 2
    rows = {row.id: row for row in await found(world)}
    assert [RING.open(rows[id].sealed, id) for id in ids] == ["s3cr3t", "s3cr3t"]
    assert rows[lost].sealed == kept[lost]
    assert await integration.reseal(world.graph, _both()) == 0
    assert len(await told(world)) == 3


def _both() -> Keyring:
    return Keyring((*RING.given, *OTHER.given), None)


def _split(prefix: str) -> Sequence[str]:
    return prefix.split("/") if prefix else []


def _row(prefix: str) -> Integration:
    chosen = options(prefix)
    shown = chosen.shown() | {"access_key": f"{len(prefix)}-access"}
    return Integration(
        id=prefix,
        project_id="p",
        name=prefix,
        sealed=RING.seal("s", prefix),
        created_at=datetime.now(UTC),
        created_by="ada",
        updated_at=datetime.now(UTC),
        updated_by="ada",
        **shown,
    )
