"""Webhooks whose sweeper is killed: every event comes, in order, and repeats have the same ids."""

import time
from dataclasses import replace

import pytest

from graph_api import Client
from tests.proof.test_job_kills import log_many
from tests.receiver import Receiver, receiving
from tests.service import Service, sweeping

pytestmark = pytest.mark.no_bytes

COUNT = 30


def told(receiver: Receiver) -> list[str]:
    return [told.headers["webhook-id"] for told in [*receiver.told]]


def test_nothing_is_lost_or_out_of_order_when_the_sweeper_is_killed(
    client: Client, service: Service
) -> None:
    allowed = service.environment | {"GRAPH_API_EGRESS_ALLOW": "127.0.0.0/8"}
    service = replace(service, environment=allowed)
    with receiving() as receiver:
        hook = client.webhooks.create(receiver.url, ["artifact.committed"])
        log_many(client, "many", COUNT)
        for number, seconds in enumerate((0.0, 0.05), 1):
            # Killed while it goes from one to the next, and while it waits for an answer.
            receiver.seconds = seconds
            with sweeping(service) as first:
                while len(receiver.told) < 8 * number:
                    time.sleep(0.001)
                first.kill()
                first.wait()
            taken = hook.read().seq
            assert int(told(receiver)[-1].split("-")[1]) >= taken
        receiver.seconds = 0
        with sweeping(service), sweeping(service):
            while (row := hook.read()).seq < int(told(receiver)[-1].split("-")[1]) or len(
                {*told(receiver)}
            ) < COUNT:
                time.sleep(0.05)
        hook.delete()

    distinct = [*dict.fromkeys(told(receiver))]
    seqs = [int(id.split("-")[1]) for id in distinct]
    assert len(distinct) == COUNT
    assert seqs == sorted(seqs)
    # What was told twice was told before it was known to be taken: one event for each kill.
    assert len(receiver.told) - COUNT <= 2
    assert row.error is None
