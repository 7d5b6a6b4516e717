"""Words to make webhooks with, and to deliver as the sweeper does."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

import orjson
from standardwebhooks.webhooks import Webhook as Verifier

from graph_api.egress import Egress
from graph_api.graph import Nothing, Query
from graph_api.models.notice import Type
from graph_api.models.viewer import Viewer
from graph_api.models.webhook import Webhook
from graph_api.services import ledger, webhook
from graph_api.services.keyring import Keyring
from graph_api.services.notice import Closures
from graph_api.settings import Settings
from tests.receiver import Receiver, Told
from tests.services.world import LIMITS, World

RING = Keyring((b"k" * 32,), None)
COMMITS: tuple[Type, ...] = ("artifact.committed",)
LOCAL = Egress((ip_network("127.0.0.0/8"),), seconds=2)


SET = Query("tests/set", "MATCH (w:Webhook {id: $id}) SET w += $properties", Nothing)


@dataclass
class Hooks:
    """Someone with webhooks, and the sweeper that delivers them."""

    world: World
    keys: bool = False
    ring: Keyring = RING
    egress: Egress = LOCAL
    secrets: dict[str, str] = field(default_factory=dict[str, str])

    async def make(
        self,
        url: str,
        events: Sequence[Type] = COMMITS,
        viewer: Viewer | None = None,
        within: str = "digits",
        **more: Any,
    ) -> str:
        """A webhook; its id."""
        viewer, graph = viewer or self.world.viewer, self.world.graph
        id, secret = await webhook.create(
            graph, self.ring, viewer, LIMITS, within, url, events, **more
        )
        self.secrets[id] = secret.text()
        return id

    async def turn(self, *ids: str) -> None:
        """What the sweeper does of these webhooks, or of all that are due."""
        graph, settings = self.world.graph, Settings(keys=self.keys)
        courier = webhook.Courier(graph, self.egress, self.ring, settings, Closures())
        for id in ids or await webhook.due(graph, 100):
            await webhook.take_turn(courier, id)

    async def read(self, id: str) -> Webhook:
        """The webhook as it is."""
        return await webhook.checked(self.world.graph, self.world.viewer, id)

    def verified(self, id: str, told: Told) -> dict[str, Any]:
        """What a receiver is told, which the library of Standard Webhooks has verified."""
        return Verifier(self.secrets[id]).verify(told.body, dict(told.headers))


async def logged(world: World, *names: str) -> list[str]:
    """The ids of new versions."""
    return [(await world.log(name, {"a": name.encode()})).id for name in names]


async def seq(world: World) -> int:
    return (await ledger.now(world.graph, world.viewer)).seq


async def past(hooks: Hooks, id: str, **properties: Any) -> None:
    """Have a webhook be as it would be later."""
    properties = {"due_at": 0, **properties}
    await hooks.world.graph.write(SET, id=id, properties=properties)


def names(receiver: Receiver) -> list[str]:
    """The ids of all messages that came, without the webhook's."""
    return [told.headers["webhook-id"].partition("-")[2] for told in receiver.told]


def entities(receiver: Receiver) -> list[list[str]]:
    """What each message was about."""
    return [orjson.loads(told.body)["data"]["entities"] for told in receiver.told]
