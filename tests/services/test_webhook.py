"""Webhooks: each event is told, in order, until it is taken, to whoever listens and may know."""

import asyncio
import time
from collections.abc import Generator
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from graph_api.egress import Egress
from graph_api.errors import BadInput, EncryptionKeyMissing
from graph_api.models.webhook import checked_url
from graph_api.services import webhook
from graph_api.services.keyring import Keyring
from tests.receiver import Receiver, receiving
from tests.services.credentials import EVERYTHING
from tests.services.hooks import COMMITS, RING, Hooks, entities, logged, names, past, seq
from tests.services.world import World

pytestmark = pytest.mark.no_bytes

NOBODY = "webhook_01k9zq3v5xe7c9s4p1h0m2d6ar"


@pytest.fixture
def hooks(world: World) -> Hooks:
    return Hooks(world)


@pytest.fixture
def receiver() -> Generator[Receiver]:
    with receiving() as receiver:
        yield receiver


async def test_events_are_told_in_order_and_signed(hooks: Hooks, receiver: Receiver) -> None:
    await logged(hooks.world, "before")
    id = await hooks.make(receiver.url, ("artifact.committed", "alias.moved"))
    begin = await seq(hooks.world)
    made = await logged(hooks.world, "a", "b")
    best = (await hooks.world.log("c", {"a": b"c"}, aliases=("best",))).id

    await hooks.turn()

    assert entities(receiver) == [[made[0]], [made[1]], [best], [best]]
    told = [name.partition("-") for name in names(receiver)]
    assert [type for _, _, type in told] == ["artifact-committed"] * 3 + ["alias-moved"]
    seqs = [int(seq) for seq, _, _ in told]
    assert begin < seqs[0] < seqs[1] < seqs[2] == seqs[3]
    payloads = [hooks.verified(id, told) for told in receiver.told]
    assert [payload["type"] for payload in payloads][-1] == "alias.moved"
    assert (payloads[0]["data"]["by"], payloads[0]["data"]["what"]) == ("ada", "Artifact committed")
    assert payloads[0]["data"]["seq"] == seqs[0]
    assert receiver.told[0].headers["content-type"] == "application/json"
    stranger = Verifier("whsec_" + "A" * 44)
    with pytest.raises(WebhookVerificationError):
        stranger.verify(receiver.told[0].body, dict(receiver.told[0].headers))
    row = await hooks.read(id)
    assert (row.seq, row.status, row.error_code, row.tries) == (
        await seq(hooks.world),
        204,
        None,
        0,
    )
    assert row.delivered_at is not None
    assert datetime.now(UTC) - row.delivered_at < timedelta(seconds=30)
    await hooks.turn()
    assert len(receiver.told) == 4


async def test_what_is_not_taken_is_told_again_under_its_id_and_nothing_is_skipped(
    hooks: Hooks, receiver: Receiver
) -> None:
    id = await hooks.make(receiver.url)
    made = await logged(hooks.world, "a", "b", "c")
    receiver.statuses = [200, 500, 302, 429]

    await hooks.turn()
    failed = await hooks.read(id)
    assert entities(receiver) == [[made[0]], [made[1]]]
    assert (failed.status, failed.error_code, failed.tries) == (500, "NOT_TAKEN", 1)
    assert failed.error_message == (
        "127.0.0.1 answered 500, and only 200 to 299 says that an event was taken."
    )
    assert failed.seq == int(names(receiver)[1].partition("-")[0]) - 1
    for _ in range(3):
        await past(hooks, id)
        await hooks.turn()

    told = entities(receiver)
    assert told == [[made[0]], *[[made[1]]] * 4, [made[2]]]
    assert (
        len({name for name, (of,) in zip(names(receiver), told, strict=True) if of == made[1]}) == 1
    )
    row = await hooks.read(id)
    assert (row.seq, row.status, row.error_code, row.failing_since, row.tries) == (
        await seq(hooks.world),
        *(204, None, None, 0),
    )


async def test_tries_are_ever_further_apart_and_no_more_than_five_hours(hooks: Hooks) -> None:
    with receiving() as receiver:
        id = await hooks.make(receiver.url)
    await logged(hooks.world, "a")
    pauses: list[float] = []
    for tries in (0, 1, 4, 30):
        await past(hooks, id, tries=tries)
        await hooks.turn()
        due = (await hooks.world.properties(id, "due_at"))["due_at"]
        pauses.append(due / 1e6 - time.time())
        assert (await hooks.read(id)).tries == tries + 1
    assert (await hooks.read(id)).error_code == "NO_ANSWER"
    # 1 s, 2 s, 16 s and 4 h, each by a quarter more or less, and some time has passed since.
    for pause, meant in zip(pauses, (1, 2, 16, 14_400), strict=True):
        assert 0.75 * meant - 3 <= pause <= 1.25 * meant
    assert await webhook.due(hooks.world.graph, 10) == []


async def test_after_five_days_it_is_disabled_and_goes_on_where_it_was(
    hooks: Hooks, receiver: Receiver
) -> None:
    id = await hooks.make(receiver.url)
    (made,) = await logged(hooks.world, "a")
    receiver.statuses = [500] * 3
    await hooks.turn()
    since = (await hooks.read(id)).failing_since
    assert since is not None
    await past(hooks, id, failing_since=int((time.time() - 4.9 * 86_400) * 1e6))
    await hooks.turn()
    assert (await hooks.read(id)).enabled
    await past(hooks, id, failing_since=int((time.time() - 5.1 * 86_400) * 1e6))
    await hooks.turn()

    row = await hooks.read(id)
    assert (row.enabled, row.error_code) == (False, "GAVE_UP")
    assert "Nothing was taken for 5 days. 127.0.0.1 answered 500" in (row.error_message or "")
    assert await webhook.due(hooks.world.graph, 10) == []
    await hooks.turn(id)
    assert len(receiver.told) == 3

    await webhook.update(hooks.world.graph, hooks.world.viewer, id, enabled=True)
    await hooks.turn()
    assert entities(receiver) == [[made]] * 4
    row = await hooks.read(id)
    assert (row.enabled, row.error_code, row.failing_since) == (True, None, None)


async def test_a_receiver_that_is_gone_disables_it_at_once(
    hooks: Hooks, receiver: Receiver
) -> None:
    id = await hooks.make(receiver.url)
    await logged(hooks.world, "a", "b")
    receiver.statuses = [410]

    await hooks.turn()

    row = await hooks.read(id)
    assert (row.enabled, row.status, row.error_code) == (False, 410, "GAVE_UP")
    assert len(receiver.told) == 1


async def test_a_private_address_is_told_nothing_unless_it_is_allowed(
    world: World, receiver: Receiver
) -> None:
    hooks = Hooks(world, egress=Egress())
    id = await hooks.make(receiver.url.replace("http", "https"))
    await logged(world, "a")

    await hooks.turn()

    row = await hooks.read(id)
    assert (row.status, row.error_code) == (None, "ADDRESS_REFUSED")
    assert "GRAPH_API_EGRESS_ALLOW" in (row.error_message or "")
    assert receiver.told == []


async def test_a_slow_receiver_and_a_dead_one_hold_no_other_up(
    hooks: Hooks, receiver: Receiver
) -> None:
    with receiving() as slow, receiving() as gone:
        ids = [await hooks.make(slow.url), await hooks.make(receiver.url)]
        dead = await hooks.make(gone.url)
        slow.seconds = 1
        gone.seconds = 60
        made = await logged(hooks.world, "a", "b", "c")

        began = time.monotonic()
        turns = asyncio.gather(*(hooks.turn(id) for id in [*ids, dead]))
        while len(receiver.told) < 3:
            await asyncio.sleep(0.01)
            assert time.monotonic() - began < 20
        assert len(slow.told) <= 2
        await turns
        gone.seconds = 0

    assert entities(receiver) == entities(slow) == [[id] for id in made]
    assert (await hooks.read(dead)).error_code == "NO_ANSWER"


async def test_a_replay_tells_again_under_the_same_ids_or_skips(
    hooks: Hooks, receiver: Receiver
) -> None:
    graph, viewer = hooks.world.graph, hooks.world.viewer
    id = await hooks.make(receiver.url)
    begin = await seq(hooks.world)
    made = await logged(hooks.world, "a", "b")
    await hooks.turn()

    await webhook.replay(graph, viewer, id, begin)
    assert (await hooks.read(id)).seq == begin
    await hooks.turn()

    told = names(receiver)
    assert told[:2] == told[2:]
    assert entities(receiver) == [[made[0]], [made[1]]] * 2
    await logged(hooks.world, "c")
    await webhook.replay(graph, viewer, id, await seq(hooks.world))
    await hooks.turn()
    assert len(receiver.told) == 4
    newest = await seq(hooks.world)
    for place in (-1, newest + 1):
        with pytest.raises(BadInput, match=f"seq is {place}; the newest is {newest}"):
            await webhook.replay(graph, viewer, id, place)
    assert await seq(hooks.world) == newest


async def test_for_a_day_both_secrets_sign_and_then_the_new_one_alone(
    hooks: Hooks, receiver: Receiver
) -> None:
    id = await hooks.make(receiver.url)
    old = hooks.secrets[id]
    new = (await webhook.rotate_secret(hooks.world.graph, RING, hooks.world.viewer, id)).text()
    await logged(hooks.world, "a")
    await hooks.turn()
    await past(hooks, id, rotated_at=int((time.time() - 86_401) * 1e6))
    await logged(hooks.world, "b")
    await hooks.turn()

    during, after = receiver.told
    for secret in (old, new):
        assert Verifier(secret).verify(during.body, dict(during.headers))["data"]["by"] == "ada"
    assert Verifier(new).verify(after.body, dict(after.headers))["data"]["by"] == "ada"
    with pytest.raises(WebhookVerificationError):
        Verifier(old).verify(after.body, dict(after.headers))
    assert old != new
    (everything,) = await hooks.world.graph.fetch(EVERYTHING)
    assert old not in str(everything)
    assert new not in str(everything)
    assert "sealed" not in repr(await hooks.read(id))


async def test_a_delivery_that_was_overtaken_writes_nothing(
    hooks: Hooks, receiver: Receiver
) -> None:
    graph, viewer = hooks.world.graph, hooks.world.viewer
    id = await hooks.make(receiver.url)
    begin = await seq(hooks.world)
    await logged(hooks.world, "a", "b")
    receiver.seconds = 0.5
    turn = asyncio.create_task(hooks.turn(id))
    while not receiver.told:
        await asyncio.sleep(0.01)
    # Meanwhile another sweeper finds nothing to do.
    await hooks.turn()
    await webhook.replay(graph, viewer, id, begin)
    await turn

    assert (await hooks.read(id)).seq == begin
    receiver.seconds = 0
    await hooks.turn()
    assert (await hooks.read(id)).seq == await seq(hooks.world)
    told = names(receiver)
    assert told[-2:] == sorted(set(told))


async def test_secrets_are_sealed_anew_with_a_newer_key_and_missed_without_theirs(
    hooks: Hooks, receiver: Receiver
) -> None:
    graph = hooks.world.graph
    id = await hooks.make(receiver.url)
    await webhook.rotate_secret(graph, RING, hooks.world.viewer, id)
    newer, stranger = Keyring((b"n" * 32, b"k" * 32), None), Keyring((b"n" * 32,), None)

    async def unreadable(ring: Keyring) -> list[str]:
        return [finding.subject async for finding in webhook.examine(graph, ring)]

    assert await unreadable(stranger) == [id]
    hooks.ring = stranger
    await logged(hooks.world, "a")
    await hooks.turn()
    row = await hooks.read(id)
    assert (row.error_code, receiver.told) == ("SECRET_UNREADABLE", [])
    assert "gives the secret again by rotateWebhookSecret" in (row.error_message or "")

    assert [await webhook.reseal(graph, newer) for _ in range(2)] == [2, 0]
    assert await unreadable(stranger) == []
    await past(hooks, id)
    await hooks.turn()
    assert len(receiver.told[0].headers["webhook-signature"].split(" ")) == 2


async def test_without_a_key_to_encrypt_with_nothing_is_made(hooks: Hooks) -> None:
    before = await hooks.world.snapshot()
    hooks.ring = Keyring((), None)

    with pytest.raises(EncryptionKeyMissing):
        await hooks.make("https://example.org/", within="new")
    assert await hooks.world.snapshot() == before


@pytest.mark.parametrize(
    "url",
    [
        *("", "example.org", "ftp://example.org/", "https://", "https:///x", "file:///etc/passwd"),
        *("https://user:pw@example.org/", "https://example.org/#a", "https://exämple.org/"),
        *("https://example.org/a b", "https://example.org:99999/", "https://example.org:0/"),
        *("https://example.org/\n", "https://example.org\\@evil.test/", "javascript:alert(1)"),
        "https://example.org/" + "a" * 2_048,
    ],
)
async def test_an_address_that_cannot_be_is_refused_and_not_repeated(
    hooks: Hooks, url: str
) -> None:
    before = await hooks.world.snapshot()

    with pytest.raises(BadInput) as refused:
        await hooks.make(url, COMMITS, within="new")

    assert "url is no address like https://example.org/path" in str(refused.value)
    assert "pw" not in str(refused.value)
    assert await hooks.world.snapshot() == before


@pytest.mark.parametrize(
    "url", ["https://example.org", "http://[::1]:80/a?b=%20c", "HTTPS://Example.org/x"]
)
def test_an_address_is_kept_as_it_is_written(url: str) -> None:
    assert checked_url(url) == url
