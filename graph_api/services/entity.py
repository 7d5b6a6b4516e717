"""What all entities share: being found, being created under a name, being changed."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

import orjson

from graph_api.errors import NameTaken, ReadOnly, UnknownId
from graph_api.graph import Graph, Reader, Transaction, cypher
from graph_api.models import metadata as json
from graph_api.models.columns import ROWS, Columns, Fields, named
from graph_api.models.entity import (
    Described,
    Entity,
    Kind,
    ReadOnlyEntity,
    Reference,
    expect_kind,
    kind_of,
    list_key,
    name_key,
    new_id,
)
from graph_api.models.idempotency import Answer, Call
from graph_api.models.ledger import Drawn
from graph_api.models.page import Count
from graph_api.models.search import Texts, document
from graph_api.models.table import Table
from graph_api.models.viewer import Viewer
from graph_api.services import idempotency, ledger, search
from graph_api.settings import Limits

BY_IDS = cypher("entity/by_ids", Columns)
CREATE = cypher("entity/create")
UPDATE = cypher("entity/update")
LOCK = cypher("entity/lock")
LOCATE = cypher("entity/locate", Reference)
READ_ONLY = cypher("entity/read_only", ReadOnlyEntity)
KEEP_NAME = cypher("entity/keep_name")
UNKEPT = cypher("entity/unkept", Count)
RENAME = cypher("entity/rename")

Row = TypeVar("Row", bound=Entity)
Words = TypeVar("Words", bound=Described)


class PlaceNotKept(Exception):
    """The graph does not know yet where something lies in lists until it is renamed or moved."""


@dataclass(frozen=True)
class Entities:
    """A batch function: for each tuple of ids, the entities of any kind that the viewer may see.

    They come in the order of their ids, each as often.
    """

    fields: Fields = None
    """What is wanted of them."""

    async def __call__(
        self, graph: Reader, viewer: Viewer, keys: list[tuple[str, ...]]
    ) -> list[Table[Entity]]:
        """The entities of each tuple."""
        ids = [*dict.fromkeys(chain.from_iterable(keys))]
        # The graph is asked for nothing where none is an id of ours.
        rows = {ROWS[kind] for id in ids if (kind := kind_of(id))}
        found = Columns(fields=["id"], columns=[[]])
        if rows:
            # Of organizations a viewer sees their own.
            (found,) = await graph.fetch(
                BY_IDS,
                ids=[
                    it
                    for it in ids
                    if kind_of(it) != "Organization" or it == viewer.organization_id
                ],
                fields=named(self.fields, rows),
                projects=viewer.projects,
            )
        entities = found.entities()
        places = {id: place for place, id in enumerate(found.ids)}
        return [entities.at([places[id] for id in key if id in places]) for key in keys]


async def by_ids(graph: Reader, viewer: Viewer, row: type[Row], ids: list[str]) -> list[Row | None]:
    """The whole entity of each id in the order asked, None for none of this kind."""
    asked = tuple(id for id in ids if kind_of(id) == row.kind)
    (found,) = await Entities()(graph, viewer, [asked])
    rows = {entity.id: entity for entity in found if isinstance(entity, row)}
    return [rows.get(id) for id in ids]


async def checked(graph: Reader, viewer: Viewer, row: type[Row], id: str) -> Row:
    """The whole entity of this id; WrongKind for one of another kind, UnknownId for none."""
    (found,) = await by_ids(graph, viewer, row, [expect_kind(id, row.kind)])
    if found is None:
        raise UnknownId(row.kind, id)
    return found


async def seen(graph: Reader, viewer: Viewer, ids: Sequence[str]) -> dict[str, Reference]:
    """Those of some entities that the viewer may see, and where they are."""
    rows = await graph.fetch(LOCATE, ids=ids, projects=viewer.projects)
    return {row.id: row for row in rows}


async def locate(
    graph: Reader, viewer: Viewer, ids: list[str], *kinds: Kind
) -> dict[str, Reference]:
    """Where each entity is. UnknownId for one that the viewer may not see, WrongKind for others."""
    for id in ids:
        if kinds:
            expect_kind(id, *kinds)
    found = await seen(graph, viewer, ids)
    for id in ids:
        if id not in found:
            raise UnknownId(kind_of(id) or "entity", id)
    return found


async def writable(graph: Reader, viewer: Viewer, id: str, *kinds: Kind) -> None:
    """As :func:`locate`, of one that the viewer may also write to; Forbidden where they may not."""
    found = await locate(graph, viewer, [id], *kinds)
    viewer.require("write", found[id].project_id)


async def check_changeable(tx: Transaction, *ids: str) -> None:
    """ReadOnly where one of these is: to be asked under its lock, or the ledger's."""
    for row in await tx.fetch(READ_ONLY, ids=ids):
        raise ReadOnly(kind_of(row.id) or "entity", row.name)


async def check_kept(tx: Transaction, id: str, *, moves: bool) -> None:
    """PlaceNotKept where ``KEEP_NAME`` is to be run first, in a transaction of its own.

    The graph shows parts of a transaction while it applies it, and who reads a list meanwhile must
    find the entity in one place. A version committed in between is not kept yet.
    """
    if (await tx.fetch(UNKEPT, id=id, moves=moves))[0].count:
        raise PlaceNotKept


async def set_read_only(graph: Graph, viewer: Viewer, id: str, *, read_only: bool) -> None:
    """Let nothing in a collection, model or dataset change any more; or again."""

    async def work(tx: Transaction) -> None:
        await tx.write(LOCK, id=id)
        drawn = await ledger.draw(tx, viewer)
        await writable(tx, viewer, id, "ArtifactCollection", "Model", "Dataset")
        if read_only == bool(await tx.fetch(READ_ONLY, ids=[id])):
            return
        before, after = {"read_only": not read_only}, {"read_only": read_only}
        await revise(tx, viewer, drawn, id, before, after, {"read_only": read_only or None})
        told = "read-only" if read_only else "changeable again"
        await ledger.record(tx, viewer, drawn, f"{kind_of(id)} made {told}", [id])

    await graph.in_transaction(work)


async def hidden(graph: Reader, viewer: Viewer, ids: Iterable[str]) -> set[str]:
    """Those of some entities that the viewer may not see."""
    if viewer.projects is None or not (asked := set(ids)):
        return set()
    return asked - (await seen(graph, viewer, sorted(asked))).keys()


def described(limits: Limits, description: str | None, metadata: dict[str, Any]) -> dict[str, Any]:
    """The properties that hold a description (an empty one is none) and metadata."""
    return {"description": description or None, **_metadata(limits, metadata)}


def _metadata(limits: Limits, metadata: dict[str, Any]) -> dict[str, Any]:
    text = json.canonical(metadata, limits.metadata_keys, limits.metadata_bytes)
    return {"metadata": text, **json.flattened(metadata)}


async def create(
    tx: Transaction, viewer: Viewer, drawn: Drawn, kind: Kind, scope: str, **properties: Any
) -> str:
    """Create an entity in a scope (its project; for a project, the organization); its id."""
    id = properties.pop("id", None) or new_id(kind)
    common = {
        "id": id,
        "project_id": id if kind == "Project" else scope,
        "list_key": list_key(scope, id),
        "created_at": drawn.at,
        "created_by": viewer.user,
        "updated_at": drawn.at,
        "updated_by": viewer.user,
        "since": drawn.seq,
    }
    if name := properties.get("name"):
        common |= {"name_key": name_key(scope, name, id), "named_since": drawn.seq}
    made = common | properties
    found_by = document(Texts.model_validate(made | {"kind": kind}))
    await tx.write(CREATE, kind=kind, properties=made | {"search": found_by})
    return id


async def create_named(
    graph: Graph,
    viewer: Viewer,
    kind: Kind,
    scope: str,
    find: Callable[[Reader], Awaitable[Words | None]],
    exists_ok: bool,
    within: str,
    call: Call | None,
    name: str,
    **properties: Any,
) -> str:
    """Create an entity under a name of its own; its id.

    One that has the name already is the answer if ``exists_ok``, else NameTaken.
    """
    if exists_ok and call is None and (found := await find(graph)):
        return found.id

    async def work(tx: Transaction) -> Answer:
        drawn = await ledger.draw(tx, viewer)
        if found := await find(tx):
            if exists_ok:
                return Answer(id=found.id, created=False)
            raise NameTaken(kind, name, within)
        id = await create(tx, viewer, drawn, kind, scope, name=name, **properties)
        await ledger.record(tx, viewer, drawn, f"{kind} created", [id])
        return Answer(id=id, created=True)

    return (await idempotency.once(graph, viewer, call, Answer, work)).id


async def revise(
    tx: Transaction,
    viewer: Viewer,
    drawn: Drawn,
    id: str,
    before: dict[str, Any],
    after: dict[str, Any],
    properties: dict[str, Any],
) -> None:
    """Overwrite properties; a Revision keeps what fields were until now, and what they became."""
    await tx.write(
        UPDATE,
        id=id,
        by=viewer.user,
        before=orjson.dumps(before).decode(),
        after=orjson.dumps(after).decode(),
        seq=drawn.seq,
        at=drawn.at,
        properties=properties,
    )


async def overwrite(
    tx: Transaction,
    viewer: Viewer,
    limits: Limits,
    drawn: Drawn,
    row: Described,
    *,
    name: str | None = None,
    description: str | None = None,
    metadata: dict[str, Any] | None = None,
    system_metadata: dict[str, Any] | None = None,
    tags: list[str] | None = None,
) -> list[str]:
    """Overwrite what is given of an entity that was read under its lock; what that is, sorted."""
    given: dict[str, Any] = {
        "description": description,
        "metadata": metadata,
        "name": name,
        "system_metadata": system_metadata,
        "tags": tags,
    }
    after = {key: value for key, value in given.items() if value is not None}
    properties: dict[str, Any] = {}
    if name is not None:
        properties["name"] = name
    if description is not None:
        properties["description"] = after["description"] = description or None
    if metadata is not None:
        properties |= dict.fromkeys(json.flattened(row.metadata))
        properties |= _metadata(limits, metadata)
    if system_metadata is not None:
        properties["system_metadata"] = json.canonical(
            system_metadata, limits.metadata_keys, limits.metadata_bytes
        )
    if tags is not None:
        properties["tags"] = tags
    if after:
        before = row.model_dump(include={*after})
        await revise(tx, viewer, drawn, row.id, before, after, properties)
    return list(after)


async def update(
    graph: Graph,
    viewer: Viewer,
    limits: Limits,
    kind: type[Words],
    id: str,
    *,
    name: str | None = None,
    description: str | None = None,
    metadata: dict[str, Any] | None = None,
    system_metadata: dict[str, Any] | None = None,
    find: Callable[[Reader, Words, str], Awaitable[Words | None]] | None = None,
) -> None:
    """Overwrite what is given; an empty description removes it. A Revision keeps the old values.

    UnknownId where the viewer sees no such entity; NameTaken where ``find``, which looks beside an
    entity for a name, finds another.
    """
    expect_kind(id, kind.kind)
    if name is None and description is None and metadata is None and system_metadata is None:
        return None

    async def work(tx: Transaction) -> None:
        await tx.write(LOCK, id=id)
        drawn = await ledger.draw(tx, viewer)
        row = await checked(tx, viewer, kind, id)
        of = (await locate(tx, viewer, [id]))[id]
        viewer.require("admin" if of.kind == "Project" else "write", of.project_id)
        await check_changeable(tx, id)
        if name is not None and find and (other := await find(tx, row, name)) and other.id != id:
            raise NameTaken(kind_of(id) or "", name, "Its scope")
        if name is not None:
            await check_kept(tx, id, moves=False)
        changed = await overwrite(
            tx,
            viewer,
            limits,
            drawn,
            row,
            name=name,
            description=description,
            metadata=metadata,
            system_metadata=system_metadata,
        )
        if name is not None:
            await tx.write(RENAME, id=id, name=name, seq=drawn.seq)
            await search.index_placed(tx, id)
        elif description is not None:
            await search.index(tx, [id])
        what = f"{kind_of(id)} updated: {', '.join(changed)}"
        await ledger.record(tx, viewer, drawn, what, [id])

    while True:
        try:
            return await graph.in_transaction(work)
        except PlaceNotKept:
            await graph.write(KEEP_NAME, id=id, moves=False)
