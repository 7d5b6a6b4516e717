"""The secrets of all webhooks, by whichever keys they were sealed."""

from collections.abc import AsyncIterator

from graph_api.errors import SecretUnreadable
from graph_api.graph import Graph, Reader, cypher
from graph_api.models.doctor import Finding
from graph_api.models.webhook import Secret, Webhook
from graph_api.services.keyring import Keyring, name_of

EVERY = cypher("webhook/every", Webhook)
RESEAL = cypher("webhook/reseal")


def opened(keyring: Keyring, row: Webhook) -> Secret:
    """What signs its messages; SecretUnreadable."""
    text = keyring.open(row.sealed, row.id)
    if text is None:
        what = f"the webhook {row.id}"
        raise SecretUnreadable(what, name_of(row.sealed), "rotateWebhookSecret")
    return Secret.read(text)


async def reseal(graph: Graph, keyring: Keyring) -> int:
    """Seal with the newest key what another one has sealed; how many secrets that was."""
    count = 0
    for row in await graph.fetch(EVERY):
        now, more = _newest(keyring, row.sealed, row.id)
        now_before, more_before = _newest(keyring, row.sealed_before, row.id)
        if more + more_before:
            was = {"was": row.sealed, "was_before": row.sealed_before}
            await graph.write(RESEAL, id=row.id, now=now, now_before=now_before, **was)
            count += more + more_before
    return count


def _newest(keyring: Keyring, sealed: str | None, id: str) -> tuple[str | None, int]:
    """As the newest key seals it, and whether that is new; one that cannot be read stays."""
    if sealed is None or keyring.is_newest(sealed):
        return sealed, 0
    secret = keyring.open(sealed, id)
    return (sealed, 0) if secret is None else (keyring.seal(secret, id), 1)


async def examine(graph: Reader, keyring: Keyring) -> AsyncIterator[Finding]:
    """The webhooks whose secrets cannot be read."""
    for row in await graph.fetch(EVERY):
        try:
            opened(keyring, row)
        except SecretUnreadable as error:
            yield Finding(trouble="UNREADABLE", subject=row.id, says=str(error))
