"""One turn of a webhook, under a lease: its next events, one after the other."""

import asyncio
import logging
import random
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from graph_api.egress import Egress
from graph_api.errors import (
    Forbidden,
    GaveUp,
    GraphApiError,
    Incident,
    MakerEnded,
    NotTaken,
    OutOfSight,
    StoreUnavailable,
    UnknownId,
)
from graph_api.graph import Graph, cypher
from graph_api.models import instant
from graph_api.models.artifact import Id
from graph_api.models.ledger import Change
from graph_api.models.notice import Notice
from graph_api.models.viewer import Viewer
from graph_api.models.webhook import OVERLAP, Secret, Webhook
from graph_api.services import api_key, ledger
from graph_api.services.keyring import Keyring
from graph_api.services.lease import DEAD, SAY, Lost, while_held
from graph_api.services.notice import Closures, notices
from graph_api.services.webhook.seal import opened
from graph_api.settings import Settings

DUE = cypher("webhook/due", Id)
CLAIM = cypher("webhook/claim", Webhook)
RENEW = cypher("webhook/renew", Id)
ADVANCE = cypher("webhook/advance", Id)
GIVE_BACK = cypher("webhook/give_back", Id)

# Seconds of a turn, after which others have theirs; and changes that are read at once.
_TURN = 5.0
_BATCH = 100
# Seconds until an event is told again that was not taken: from the first, which doubles, to the
# second; and for how long.
_PAUSES = (1.0, 4 * 3600.0)
_PATIENCE = timedelta(days=5)
# What says that nobody listens there any more, and never will.
_GONE = 410

_log = logging.getLogger("graph_api")


@dataclass(frozen=True)
class Courier:
    """What it takes to deliver."""

    graph: Graph
    egress: Egress
    keyring: Keyring
    settings: Settings
    closures: Closures


async def due(graph: Graph, first: int) -> list[str]:
    """The ids of some webhooks that have something to tell, those that wait longest first."""
    return [row.id for row in await graph.fetch(DUE, first=first) if row.id]


async def take_turn(courier: Courier, id: str) -> None:
    """Tell the next events of a webhook, unless somebody else does; StoreUnavailable."""
    graph, lease = courier.graph, secrets.token_hex(8)
    held = {"id": id, "lease": lease, "microseconds": round(DEAD * instant.SECOND)}
    for row in await graph.write(CLAIM, **held):
        await while_held(_Turn(courier, row, lease).run(), _keep(graph, held))


async def _keep(graph: Graph, held: dict[str, str | int]) -> None:
    """Renew a lease; returns once it is lost."""
    await asyncio.sleep(SAY)
    while await graph.write(RENEW, **held):
        await asyncio.sleep(SAY)


async def _advance(graph: Graph, row: Webhook, lease: str, status: int | None) -> None:
    """Say that all events of a change were taken; Lost."""
    at = instant.now()
    if not await graph.write(ADVANCE, id=row.id, lease=lease, seq=row.seq, status=status, at=at):
        raise Lost


async def _give_back(
    graph: Graph, id: str, lease: str, seconds: float | None, **properties: Any
) -> None:
    """Let it be taken up again after a pause, or (None) not before somebody enables it."""
    pause = None if seconds is None else round(seconds * instant.SECOND)
    await graph.write(GIVE_BACK, id=id, lease=lease, properties=properties, microseconds=pause)


class _Turn:
    def __init__(self, courier: Courier, row: Webhook, lease: str) -> None:
        self._courier, self._row, self._lease = courier, row, lease
        self._status: int | None = None

    async def run(self) -> None:
        """Tell what there is to tell, and say what has become of it."""
        try:
            await self._deliver()
            await self._back(0)
        except Lost:
            raise
        except StoreUnavailable:
            await self._back(DEAD)
            raise
        except Forbidden as error:
            _log.warning("The webhook %s: %s", self._row.id, error)
            await self._failed(MakerEnded(), ends=True)
        except UnknownId:
            await self._failed(OutOfSight())
        except GraphApiError as error:
            await self._failed(error, ends=self._status == _GONE)
        except Exception:
            incident = Incident()
            _log.exception("Incident %s in the webhook %s", incident.id, self._row.id)
            await self._failed(incident)

    async def _deliver(self) -> None:
        graph = self._courier.graph
        viewer, signing = await self._viewer(), self._signing()
        until = time.monotonic() + _TURN
        while time.monotonic() < until:
            # Only what is shown in full.
            newest = (await ledger.now(graph, viewer)).seq
            changes = await ledger.changes(graph, viewer, self._row.seq, _BATCH)
            for change in changes:
                if change.seq > newest or time.monotonic() > until:
                    return
                await self._tell(viewer, signing, change)
            if not changes:
                return

    async def _tell(self, viewer: Viewer, signing: list[Secret], change: Change) -> None:
        """Tell all events of a change, and move on behind it."""
        courier, row = self._courier, self._row
        told = await notices(courier.graph, viewer, courier.closures, row.id, row.asked, change)
        for notice in told:
            # The key may have ended while the event before was told.
            await self._viewer()
            await self._send(signing, notice)
        self._row = row.model_copy(update={"seq": change.seq})
        if told:
            forgotten = {"tries": 0, "failing_since": None}
            self._row = self._row.model_copy(update=forgotten)
            await _advance(courier.graph, self._row, self._lease, self._status)

    async def _send(self, signing: list[Secret], notice: Notice) -> None:
        """Tell an event; NotTaken, and whatever egress raises."""
        row, self._status = self._row, None
        id, now = row.message_id(notice), int(time.time())
        body = orjson.dumps(notice.payload())
        headers = {
            "content-type": "application/json",
            "user-agent": "graph-api",
            "webhook-id": id,
            "webhook-timestamp": str(now),
            "webhook-signature": " ".join(it.signature(id, now, body) for it in signing),
        }
        self._status = await self._courier.egress.post(row.url, headers, body)
        if not 200 <= self._status < 300:
            raise NotTaken(row.host, self._status)

    async def _viewer(self) -> Viewer:
        """Whose eyes it sees with, with their rights of now; Forbidden."""
        courier, row = self._courier, self._row
        viewer = await api_key.returning(
            courier.graph, row.organization_id, row.key_id, keys=courier.settings.keys
        )
        if not viewer.reads(row.project_id):
            raise Forbidden("read", row.project_id)
        return viewer

    def _signing(self) -> list[Secret]:
        """What signs now: the secret, and for a day after a rotation the one before."""
        row, keyring = self._row, self._courier.keyring
        signing = [opened(keyring, row)]
        rotated = row.rotated_at and instant.now() - instant.microseconds(row.rotated_at) < OVERLAP
        if rotated and row.sealed_before:
            before = keyring.open(row.sealed_before, row.id)
            signing += [Secret.read(before)] if before else []
        return signing

    async def _failed(self, error: GraphApiError, *, ends: bool = False) -> None:
        """Have the event told again, later each time, or disable the webhook."""
        row, now = self._row, datetime.now(UTC)
        since = row.failing_since or now
        if not isinstance(error, Forbidden):
            if ends:
                error = GaveUp(str(error))
            elif now - since > _PATIENCE:
                error, ends = GaveUp(f"Nothing was taken for {_PATIENCE.days} days. {error}"), True
        pause = min(_PAUSES[0] * 2 ** min(row.tries, 20), _PAUSES[1])
        await self._back(
            None if ends else pause * random.uniform(0.75, 1.25),  # noqa: S311
            status=self._status,
            error_code=error.code,
            error_message=str(error),
            failing_since=instant.microseconds(since),
            tries=row.tries + 1,
            enabled=not ends,
        )

    async def _back(self, seconds: float | None, **properties: Any) -> None:
        row, graph = self._row, self._courier.graph
        await _give_back(graph, row.id, self._lease, seconds, seq=row.seq, **properties)
