"""The doctor on versions: their pages, their numbers, their aliases."""

from collections.abc import AsyncIterator
from typing import TypeVar

from graph_api.graph import Graph, Query, cypher
from graph_api.models import instant
from graph_api.models.doctor import CollectionRow, Fault, Finding, VersionRow
from graph_api.models.entity import PREFIXES, Kind, list_key, name_key
from graph_api.models.manifest import digest

VERSIONS = cypher("doctor/versions", VersionRow)
COLLECTIONS = cypher("doctor/collections", CollectionRow)

_BATCH = 100

Row = TypeVar("Row", VersionRow, CollectionRow)


async def examine(graph: Graph, newest: int, now: int) -> AsyncIterator[Finding]:
    """Every version against its pages, every collection against its versions.

    ``newest`` is the seq of the ledger, ``now`` is in microseconds since 1970 UTC.
    """
    async for row in _all(graph, VERSIONS, "Artifact"):
        for trouble, says in _version(row, newest, now):
            yield Finding(trouble=trouble, subject=row.id, says=says)
    async for row in _all(graph, COLLECTIONS, "ArtifactCollection"):
        for trouble, says in _collection(row):
            yield Finding(trouble=trouble, subject=row.id, says=says)


async def _all(graph: Graph, query: Query[Row], kind: Kind) -> AsyncIterator[Row]:
    # Every id of the kind lies between these: the rest of a TypeID begins with a digit up to 7.
    after, end = f"{PREFIXES[kind]}_", f"{PREFIXES[kind]}_8"
    while rows := await graph.fetch(query, after=after, end=end, first=_BATCH):
        for row in rows:
            yield row
        after = rows[-1].id


def _version(row: VersionRow, newest: int, now: int) -> list[Fault]:
    found = _place(row)
    if row.state == "PENDING":
        if not row.swept:
            found.append(
                ("WRONG_STATE", "A draft that the sweep does not know: it stays for ever.")
            )
        if row.pages:
            found.append(("WRONG_STATE", "A draft that has manifest pages."))
        return found
    if row.state not in ("COMMITTED", "DELETED"):
        found.append(("WRONG_STATE", f"Its state is {row.state!r}."))
        return found
    if row.since is None or row.index is None or row.since > newest:
        found.append(
            (
                "WRONG_NUMBER",
                f"It is {row.state} with the index {row.index} since {row.since}; the newest "
                f"change is {newest}.",
            )
        )
    if row.state == "COMMITTED" or row.purge_at is not None:
        found += _pages(row)
    elif row.pages:
        found.append(("WRONG_STATE", "Its bytes are to have gone, and it has manifest pages."))
    if row.purge_at is not None and row.purge_at < now - instant.DAY:
        found.append(("EXTRA", "The sweep should have taken its bytes a day ago: does it run?"))
    return found


def _place(row: VersionRow) -> list[Fault]:
    collections = tuple(collection.id for collection in row.collections)
    if collections != (row.collection_id,):
        return [("WRONG_STATE", f"It lies in {collections}, not in {row.collection_id}.")]
    (collection,) = row.collections
    if row.project_id != collection.project_id:
        says = f"It lies in {row.project_id}, its collection in {collection.project_id}."
        return [("WRONG_STATE", says)]
    if row.state == "PENDING":
        return []
    return _keys(
        row,
        list_key(row.project_id or "", f"{row.since or 0:016}"),
        name_key(row.project_id or "", collection.name or "", f"{row.index or 0:010}"),
    )


def _keys(row: VersionRow | CollectionRow, *expected: str) -> list[Fault]:
    if (keys := (row.list_key, row.name_key)) == expected:
        return []
    says = f"Lists have it at {keys}, not at {expected}: move or rename its collection."
    return [("WRONG_STATE", says)]


def _pages(row: VersionRow) -> list[Fault]:
    found: list[Fault] = []
    if [page.position for page in row.pages] != list(range(len(row.pages))):
        places = [page.position for page in row.pages]
        found.append(("WRONG_CONTENT", f"Its manifest pages have the places {places}."))
    actual = digest(page.digest for page in row.pages)
    if actual != row.digest:
        found.append(
            ("WRONG_CONTENT", f"Its pages make the digest {actual}; it says {row.digest}.")
        )
    sums = tuple(sum(getattr(page, of) or 0 for page in row.pages) for of in ("size", "count"))
    if sums != (row.size, row.file_count):
        found.append(
            (
                "WRONG_CONTENT",
                f"Its pages have {sums[1]} files of {sums[0]} bytes; it says {row.file_count} of "
                f"{row.size}.",
            )
        )
    for page in row.pages:
        if page.state != "LIVE":
            says = f"Its page {page.digest} is {page.state}, not LIVE: the sweep may take it."
            found.append(("WRONG_STATE", says))
    return found


def _collection(row: CollectionRow) -> list[Fault]:
    scope, name = row.project_id, row.name
    found = _keys(row, list_key(scope, row.id), name_key(scope, name, row.id))
    expected = list(range(row.next_index or 0))
    if sorted(row.indexes) != expected:
        found.append(
            (
                "WRONG_NUMBER",
                f"{row.name!r} is to give the number {row.next_index} next, but its versions have "
                f"{_shown(sorted(row.indexes))}.",
            )
        )
    for alias in row.aliases:
        if len(alias.targets) > 1:
            found.append(
                (
                    "WRONG_STATE",
                    f"The alias {alias.name!r} points to {len(alias.targets)} versions.",
                )
            )
        if any(target != row.id for target in alias.targets):
            found.append(
                ("WRONG_STATE", f"The alias {alias.name!r} points into another collection.")
            )
    return found


def _shown(numbers: list[int]) -> str:
    return f"{numbers[:10]}" if len(numbers) <= 10 else f"{len(numbers)} numbers"
