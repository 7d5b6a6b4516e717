"""Webhooks as a script makes them, delivered by the real sweeper."""

import time
from collections.abc import Generator
from dataclasses import replace

import pytest
from standardwebhooks.webhooks import Webhook as Verifier

import graph_api as ga
from graph_api import Client
from tests.client.drafts import draft
from tests.receiver import Receiver, receiving
from tests.service import Service, sweeping

pytestmark = pytest.mark.no_bytes


@pytest.fixture
def receiver() -> Generator[Receiver]:
    with receiving() as receiver:
        yield receiver


def until(receiver: Receiver, count: int) -> None:
    """Wait until so many messages have come."""
    end = time.monotonic() + 60
    while len(receiver.told) < count and time.monotonic() < end:
        time.sleep(0.02)
    assert len(receiver.told) == count


def test_a_webhook_is_told_what_flows_from_the_data_that_it_is_about(
    service: Service, client: Client, receiver: Receiver
) -> None:
    data = client.log_artifact(draft("data", {"a": b"1"}))
    hook = client.webhooks.create(
        receiver.url, ["lineage.changed"], of=data, direction="DOWNSTREAM"
    )
    assert hook.secret is not None
    client.log_artifact(draft("aside", {"a": b"2"}))
    run = client.start_run(used=[data])
    run.complete()
    open_to_loopback = {"GRAPH_API_EGRESS_ALLOW": "127.0.0.0/8"}
    with sweeping(replace(service, environment=service.environment | open_to_loopback)):
        until(receiver, 2)

        payloads = [
            Verifier(hook.secret).verify(told.body, dict(told.headers)) for told in receiver.told
        ]
        assert [payload["type"] for payload in payloads] == ["lineage.changed"] * 2
        assert [payload["data"]["entities"] for payload in payloads] == [
            [run.id, data.id],
            [run.id],
        ]
        assert [payload["data"]["what"] for payload in payloads] == ["Run started", "Run COMPLETED"]
        hook.replay(hook.seq)
        until(receiver, 4)
    after = hook.read()
    ids = [told.headers["webhook-id"] for told in receiver.told]
    assert ids[:2] == ids[2:]
    assert (after.status, after.error, after.enabled) == (204, None, True)
    assert after.delivered_at is not None
    assert after.seq > hook.seq


def test_a_private_address_is_told_nothing_until_an_operator_allows_it(
    service: Service, client: Client, receiver: Receiver
) -> None:
    hook = client.webhooks.create(receiver.url, ["artifact.committed"])
    client.log_artifact(draft("data", {"a": b"1"}))
    with sweeping(service):
        end = time.monotonic() + 60
        while (row := hook.read()).error is None and time.monotonic() < end:
            time.sleep(0.05)

    assert receiver.told == []
    assert (row.error_code, row.status, row.enabled) == ("ADDRESS_REFUSED", None, True)
    assert row.error is not None
    assert "GRAPH_API_EGRESS_ALLOW" in row.error
    hook.delete()


def test_webhooks_are_listed_changed_and_deleted(client: Client) -> None:
    first = client.webhooks.create("https://example.org/a", ["alias.moved", "stage.changed"])
    second = client.webhooks.create("https://example.org/b", ["artifact.committed"])

    assert [*client.webhooks] == [first, second] == [*client.webhooks.list(project=client.project)]
    assert (first.events, first.of, first.secret) != (second.events, second.of, second.secret)
    changed = first.update(enabled=False, events=["artifact.deleted"])
    assert (changed.enabled, changed.events, changed.url) == (
        *(False, ("artifact.deleted",)),
        "https://example.org/a",
    )
    assert client.webhooks.get(first.id) == changed
    rotated = changed.rotate_secret()
    assert None is not rotated.secret != first.secret
    assert str(first.secret) not in repr(first)
    assert second.delete()
    assert [it.id for it in client.webhooks] == [first.id]
    with pytest.raises(ga.NotFound, match="has no webhook"):
        second.read()
    with pytest.raises(ga.Refused, match="url is no address"):
        first.update(url="ftp://example.org")
    first.delete()
