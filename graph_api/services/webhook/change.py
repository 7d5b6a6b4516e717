"""Making and changing webhooks.

Whoever changes what one tells, or whom, could have told to themselves what its maker sees: so it
tells from then on what they may see themselves.
"""

from collections.abc import Sequence
from typing import Any

from typeid import TypeID

from graph_api.graph import Graph, Reader, Transaction, cypher
from graph_api.models import notice
from graph_api.models.ledger import Drawn
from graph_api.models.lineage import Direction
from graph_api.models.notice import Type
from graph_api.models.viewer import Viewer
from graph_api.models.webhook import Secret, Webhook, checked_url
from graph_api.services import entity, ledger, project
from graph_api.services.keyring import Keyring
from graph_api.services.webhook.read import checked
from graph_api.settings import Limits

CREATE = cypher("webhook/create")
UPDATE = cypher("webhook/update")
DELETE = cypher("webhook/delete")


async def create(
    graph: Graph,
    keyring: Keyring,
    viewer: Viewer,
    limits: Limits,
    within: str,
    url: str,
    events: Sequence[Type],
    of: str | None = None,
    direction: Direction | None = None,
) -> tuple[str, Secret]:
    """Tell an address what happens from now on in the project of this name; id and secret.

    The project is made where there is none. ``of`` is the entity that some events are about.
    """
    id, secret = str(TypeID(prefix="webhook")), Secret.new()
    asked = notice.checked(tuple(events), of, direction)
    told = asked | {"url": checked_url(url), "sealed": keyring.seal(secret.text(), id)}
    if of is not None:
        await entity.locate(graph, viewer, [of])
    project_id = await project.create(graph, viewer, limits, within, exists_ok=True)
    viewer.require("admin", project_id)

    async def work(tx: Transaction) -> None:
        drawn = await ledger.draw(tx, viewer)
        await _check_seen(tx, viewer, of)
        scope = {"id": id, "organization_id": viewer.organization_id, "project_id": project_id}
        made = {"created_at": drawn.at, "created_by": viewer.user}
        begun = {"seq": drawn.seq, "enabled": True, "tries": 0}
        properties = scope | told | made | begun | _by(viewer, drawn)
        await tx.write(CREATE, properties=properties)
        await ledger.record(tx, viewer, drawn, f"Webhook created: {id}", [project_id])

    await graph.in_transaction(work)
    return id, secret


async def update(
    graph: Graph,
    viewer: Viewer,
    id: str,
    *,
    url: str | None = None,
    events: Sequence[Type] | None = None,
    of: str | None = None,
    direction: Direction | None = None,
    enabled: bool | None = None,
) -> None:
    """Change what is given, and try at once what was not taken; what it was told so far stays told.

    With ``events``, ``of`` and ``direction`` are theirs, all three anew. UnknownId where it is
    about something that the viewer does not see.
    """
    changes: dict[str, Any] = {}
    if url is not None:
        changes["url"] = checked_url(url)
    if events is not None:
        changes |= notice.checked(tuple(events), of, direction)
    elif of is not None or direction is not None:
        notice.checked((), of, direction)
    if enabled is not None:
        changes["enabled"] = enabled

    async def work(tx: Transaction) -> None:
        drawn = await ledger.draw(tx, viewer)
        row = await checked(tx, viewer, id)
        after = row.model_copy(update=changes)
        await _check_seen(tx, viewer, after.of)
        if changes:
            told = (
                f"Webhook updated: {id}: {', '.join(sorted(changes.keys() - {'of', 'direction'}))}"
            )
            await _changed(tx, viewer, drawn, row, changes | _by(viewer, drawn), told)

    await graph.in_transaction(work)


async def rotate_secret(graph: Graph, keyring: Keyring, viewer: Viewer, id: str) -> Secret:
    """Sign with a new secret; for a day with the one before, too."""
    secret = Secret.new()
    sealed = keyring.seal(secret.text(), id)

    async def work(tx: Transaction) -> None:
        drawn = await ledger.draw(tx, viewer)
        row = await checked(tx, viewer, id)
        changes = {"sealed": sealed, "sealed_before": row.sealed, "rotated_at": drawn.at}
        await _changed(tx, viewer, drawn, row, changes, f"Webhook updated: {id}: secret")

    await graph.in_transaction(work)
    return secret


async def replay(graph: Graph, viewer: Viewer, id: str, after: int) -> None:
    """Tell again all from behind a place in the ledger on; or skip what lies before it.

    BadInput for a place that is yet to come.
    """

    async def work(tx: Transaction) -> None:
        drawn = await ledger.draw(tx, viewer)
        row = await checked(tx, viewer, id)
        await ledger.at(tx, viewer, after)
        told = f"Webhook replayed after {after}: {id}"
        await _changed(tx, viewer, drawn, row, {"seq": after}, told)

    await graph.in_transaction(work)


async def delete(graph: Graph, viewer: Viewer, id: str) -> None:
    """Tell nothing any more; its secret goes with it."""

    async def work(tx: Transaction) -> None:
        drawn = await ledger.draw(tx, viewer)
        row = await checked(tx, viewer, id)
        await tx.write(DELETE, id=id)
        await ledger.record(tx, viewer, drawn, f"Webhook deleted: {id}", [row.project_id])

    await graph.in_transaction(work)


async def _changed(
    tx: Transaction, viewer: Viewer, drawn: Drawn, row: Webhook, changes: dict[str, Any], what: str
) -> None:
    stamp = {"updated_at": drawn.at, "updated_by": viewer.user}
    await tx.write(UPDATE, id=row.id, properties=changes | stamp)
    await ledger.record(tx, viewer, drawn, what, [row.project_id])


def _by(viewer: Viewer, drawn: Drawn) -> dict[str, Any]:
    """Whose eyes it sees with."""
    return {"key_id": viewer.key, "updated_at": drawn.at, "updated_by": viewer.user}


async def _check_seen(reader: Reader, viewer: Viewer, of: str | None) -> None:
    if of is not None:
        await entity.locate(reader, viewer, [of])
