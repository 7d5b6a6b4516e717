"""Integrations: credentials that a project's administrators store, and what is signed by them.

The service opens no connection by them: it only computes URLs, by which clients fetch what the
references of the project's versions name. Whoever may log a version in the project can have any
object signed that lies below an integration's prefix, in any version; so the prefix is the bound.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from typeid import TypeID

from graph_api.blobs import headers
from graph_api.blobs.sigv4 import Signer
from graph_api.errors import NameTaken, NotSure, PlaceTaken, SecretUnreadable, UnknownId
from graph_api.graph import Graph, Reader, Transaction, cypher
from graph_api.models import names
from graph_api.models.doctor import Finding
from graph_api.models.integration import Integration, Options, Place
from graph_api.models.viewer import Viewer
from graph_api.services import ledger, project
from graph_api.services.keyring import Keyring, name_of
from graph_api.settings import Limits

BY_IDS = cypher("integration/by_ids", Integration)
CREATE = cypher("integration/create")
DELETE = cypher("integration/delete")
EVERY = cypher("integration/every", Integration)
OF_PROJECTS = cypher("integration/of_projects", Integration)
RESEAL = cypher("integration/reseal")
UPDATE = cypher("integration/update")


async def by_ids(graph: Reader, viewer: Viewer, ids: list[str]) -> list[Integration | None]:
    """The integration of each id, None for none."""
    rows = await graph.fetch(BY_IDS, ids=ids, projects=viewer.projects)
    found = {row.id: row for row in rows}
    return [found.get(id) for id in ids]


async def by_name(graph: Reader, viewer: Viewer, project_id: str, name: str) -> Integration | None:
    """The integration of this name in a project."""
    (found,) = await by_projects(graph, viewer, [project_id])
    return next((row for row in found if row.name == names.normalized(name)), None)


async def checked(graph: Reader, viewer: Viewer, id: str) -> Integration:
    """The integration of this id, or UnknownId."""
    (found,) = await by_ids(graph, viewer, [id])
    if found is None:
        raise UnknownId("Integration", id)
    return found


async def by_projects(
    graph: Reader, viewer: Viewer, project_ids: list[str]
) -> list[list[Integration]]:
    """The integrations of each project, by name."""
    rows = await graph.fetch(OF_PROJECTS, ids=project_ids, projects=viewer.projects)
    rows.sort(key=lambda row: row.name)
    return [[row for row in rows if row.project_id == id] for id in project_ids]


async def create(
    graph: Graph,
    keyring: Keyring,
    viewer: Viewer,
    limits: Limits,
    within: str,
    name: str,
    options: Options,
) -> str:
    """Store a credential in the project of this name, which is made where there is none; its id.

    NameTaken and PlaceTaken where the project has one of the name, or of the bucket and prefix.
    """
    name = names.name("integration", name, limits.name_length)
    id = str(TypeID(prefix="integration"))
    sealed = _sealed(keyring, id, options)
    project_id = await project.create(graph, viewer, limits, within, exists_ok=True)
    viewer.require("admin", project_id)

    async def work(tx: Transaction) -> None:
        drawn = await ledger.draw(tx, viewer)
        await _check_free(tx, viewer, project_id, id, name, options)
        known = {"id": id, "project_id": project_id, "name": name}
        at = {"created_at": drawn.at, "updated_at": drawn.at}
        by = {"created_by": viewer.user, "updated_by": viewer.user}
        await tx.write(CREATE, properties=known | sealed | at | by)
        await ledger.record(tx, viewer, drawn, f"Integration created: {name}", [project_id])

    await graph.in_transaction(work)
    return id


async def update(
    graph: Graph,
    keyring: Keyring,
    viewer: Viewer,
    limits: Limits,
    id: str,
    new_name: str | None = None,
    options: Options | None = None,
) -> None:
    """Give it another name, or other options, all of them.

    So whoever has it lead elsewhere has the secret: an administrator who does not cannot widen what
    another one has bounded.
    """
    changes: dict[str, Any] = {}
    if new_name is not None:
        changes["name"] = names.name("integration", new_name, limits.name_length)
    if options is not None:
        changes |= _sealed(keyring, id, options)

    async def work(tx: Transaction) -> None:
        drawn = await ledger.draw(tx, viewer)
        row = await _administered(tx, viewer, id)
        if not changes:
            return
        after = row.model_copy(update=changes)
        await _check_free(tx, viewer, row.project_id, id, after.name, after)
        stamp = {"updated_at": drawn.at, "updated_by": viewer.user}
        await tx.write(UPDATE, id=id, properties=changes | stamp)
        told = ", ".join(["name"] * (new_name is not None) + ["options"] * (options is not None))
        what = f"Integration updated: {after.name}: {told}"
        await ledger.record(tx, viewer, drawn, what, [row.project_id])

    await graph.in_transaction(work)


async def delete(graph: Graph, viewer: Viewer, id: str, *, sure: bool, really: bool) -> None:
    """Remove it and its secret for good; NotSure unless both words are said.

    URLs that were signed before are good until they expire.
    """

    async def work(tx: Transaction) -> None:
        drawn = await ledger.draw(tx, viewer)
        row = await _administered(tx, viewer, id)
        if not (sure and really):
            raise NotSure("integration", row.name)
        await tx.write(DELETE, id=id)
        what = f"Integration deleted: {row.name}"
        await ledger.record(tx, viewer, drawn, what, [row.project_id])

    await graph.in_transaction(work)


@dataclass(frozen=True)
class Signing:
    """What is signed for the references of a project."""

    integrations: Sequence[Integration]
    keyring: Keyring

    def url(self, uri: str, filename: str, expires: timedelta) -> str | None:
        """Where to GET the object that the URI names; None where no integration covers it.

        The longest prefix decides. SecretUnreadable where that one's secret cannot be had.
        """
        place = Place.of(uri)
        covering = [it for it in self.integrations if place and it.covers(place)]
        if place is None or not covering:
            return None
        chosen = max(covering, key=lambda it: len(it.prefix))
        secret = self.keyring.open(chosen.sealed, chosen.id)
        if secret is None:
            raise _unreadable(chosen)
        scheme, _, host = chosen.endpoint.partition("://")
        version = {} if place.version is None else {"versionId": place.version}
        return Signer(chosen.access_key, secret, chosen.region).presign(
            "GET",
            scheme,
            host,
            f"/{place.bucket}/{place.key}",
            now=datetime.now(UTC),
            expires=expires,
            query={"response-content-disposition": headers.attachment(filename), **version},
        )


@dataclass(frozen=True)
class Signings:
    """A batch function: what is signed for the references of each project."""

    keyring: Keyring

    async def __call__(
        self, graph: Reader, viewer: Viewer, project_ids: list[str]
    ) -> list[Signing]:
        """The signing of each project."""
        found = await by_projects(graph, viewer, project_ids)
        return [Signing(integrations, self.keyring) for integrations in found]


async def reseal(graph: Graph, keyring: Keyring) -> int:
    """Seal with the newest key what another one has sealed; how many secrets that was.

    So an older key can go from the settings once a sweep has been.
    """
    count = 0
    for row in await graph.fetch(EVERY):
        if not keyring.is_newest(row.sealed) and (secret := keyring.open(row.sealed, row.id)):
            after = keyring.seal(secret, row.id)
            await graph.write(RESEAL, id=row.id, before=row.sealed, after=after)
            count += 1
    return count


async def examine(graph: Reader, keyring: Keyring) -> AsyncIterator[Finding]:
    """The integrations whose secrets cannot be read."""
    for row in await graph.fetch(EVERY):
        if keyring.open(row.sealed, row.id) is None:
            yield Finding(trouble="UNREADABLE", subject=row.id, says=str(_unreadable(row)))


def _unreadable(row: Integration) -> SecretUnreadable:
    what = f"the integration {row.name!r}"
    return SecretUnreadable(what, name_of(row.sealed), "updateIntegration")


def _sealed(keyring: Keyring, id: str, options: Options) -> dict[str, str]:
    """The properties that hold the options."""
    secret = options.secret_key.get_secret_value()
    return options.shown() | {"sealed": keyring.seal(secret, id)}


async def _administered(tx: Transaction, viewer: Viewer, id: str) -> Integration:
    row = await checked(tx, viewer, id)
    viewer.require("admin", row.project_id)
    return row


async def _check_free(
    tx: Transaction,
    viewer: Viewer,
    project_id: str,
    id: str,
    name: str,
    place: Options | Integration,
) -> None:
    (rows,) = await by_projects(tx, viewer, [project_id])
    others: Iterable[Integration] = [row for row in rows if row.id != id]
    for other in others:
        if other.name == name:
            raise NameTaken("Integration", name, "The project")
        if (other.bucket, other.prefix) == (place.bucket, place.prefix):
            raise PlaceTaken(place.bucket, place.prefix, other.name)
