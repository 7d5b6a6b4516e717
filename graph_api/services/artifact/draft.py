"""Drafts: a version before it is committed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from graph_api.blobs import BlobStore, SignedUrl
from graph_api.errors import (
    BadInput,
    BadVersion,
    NotADraft,
    ReadOnly,
    UnknownId,
    WrongSize,
    WrongType,
)
from graph_api.graph import Graph, Transaction, cypher
from graph_api.models import instant, names
from graph_api.models import metadata as json
from graph_api.models.artifact import LockedDraft, NewArtifact, upload_prefix
from graph_api.models.artifact_collection import ArtifactCollection
from graph_api.models.blob import Blob
from graph_api.models.entity import expect_kind, new_id
from graph_api.models.idempotency import Answer, Call
from graph_api.models.manifest import Entry, dumped, merged
from graph_api.models.pack import RequestedPack, pack_key, packed
from graph_api.models.page import MOST
from graph_api.models.upload import LARGEST, Progress
from graph_api.models.viewer import Viewer
from graph_api.services import artifact_collection, blob, entity, idempotency, project, upload
from graph_api.services.artifact.read import checked, committed
from graph_api.settings import Limits

CREATE_DRAFT = cypher("artifact/create_draft")
LOCK_DRAFT = cypher("artifact/lock_draft", LockedDraft)
ADD_FILES = cypher("artifact/add_files")
DELETE_DRAFT = cypher("artifact/delete_draft")

# What every JSON reader takes for an integer.
_LARGEST = 2**53 - 1
# Microseconds that an upload may take which began just before its URL expired, and a commit.
LATE = instant.HOUR


@dataclass(frozen=True)
class PackUpload:
    """A pack that a draft is to bring, and where to PUT it."""

    pack: RequestedPack
    url: SignedUrl


async def create_draft(
    graph: Graph, viewer: Viewer, limits: Limits, new: NewArtifact, call: Call | None = None
) -> str:
    """Begin a version; its id. Its collection is made where there is none.

    Everything that can be wrong with it is said now, but what depends on the order of commits.
    """
    if known := await idempotency.known(graph, viewer, call, Answer):
        return known.id
    aliases = {names.alias(alias, limits.name_length) for alias in new.aliases}
    tags = {names.label("tag", tag, limits.name_length) for tag in new.tags}
    described = entity.described(limits, new.description, new.metadata)
    version = None if new.version is None else names.version(new.version, limits.name_length)
    if new.run_id:
        await entity.writable(graph, viewer, new.run_id, "Run")
    if new.base:
        await committed(graph, viewer, new.base)
    collection = await _collection(graph, viewer, limits, new, version)
    id = new_id("Artifact")
    now = instant.now()

    async def work(tx: Transaction) -> Answer:
        await tx.write(
            CREATE_DRAFT,
            id=id,
            collection_id=collection.id,
            sweep_at=now + limits.draft_seconds * instant.SECOND,
            properties={
                "collection_id": collection.id,
                # Every draft needs a version of its own: the constraint takes no nulls.
                "version": f"?{id}",
                "state": "PENDING",
                "run_id": new.run_id,
                "chosen_version": version,
                "aliases": sorted(aliases),
                "tags": sorted(tags),
                "deduplicate": new.deduplicate,
                "base_id": new.base,
                "created_at": now,
                "created_by": viewer.user,
                "updated_at": now,
                "updated_by": viewer.user,
                "system_metadata": "{}",
                **described,
            },
        )
        return Answer(id=id, created=True)

    return (await idempotency.once(graph, viewer, call, Answer, work)).id


async def _collection(
    graph: Graph, viewer: Viewer, limits: Limits, new: NewArtifact, version: str | None
) -> ArtifactCollection:
    if version and version != "v0" and names.NUMBERED.fullmatch(version):
        # A collection that is to be made has no other next version.
        scope = await project.by_name(graph, viewer, new.project)
        if not (scope and await artifact_collection.by_name(graph, viewer, scope.id, new.name)):
            raise BadVersion(version, f"the next one of {new.name!r} is 'v0'")
    id = await artifact_collection.create(
        graph, viewer, limits, new.project, new.name, new.type, exists_ok=True
    )
    collection = await artifact_collection.checked(graph, viewer, id)
    if collection.read_only:
        raise ReadOnly(collection.kind, collection.name)
    if collection.type != names.normalized(new.type):
        raise WrongType(collection.name, new.type, collection.type)
    return collection


async def request_uploads(
    graph: Graph,
    blobs: BlobStore,
    viewer: Viewer,
    limits: Limits,
    id: str,
    entries: Sequence[Entry],
    expires: timedelta,
    *,
    remove: Sequence[str] = (),
    pack: bool = False,
) -> tuple[list[SignedUrl | Progress | None], PackUpload | None]:
    """Add files to a draft, and say where to PUT each; None where nothing is to be sent for it.

    What is too big for one PUT goes up in parts, which the user may have begun before, also for
    another draft. With ``pack``, what is small goes up together, as the second answer says. Files
    of the paths in ``remove`` go before the others come; it is no error if there are none.

    Asking again for the same files answers the same, with fresh URLs. Bytes are "here" only where
    a version that the viewer can read contains them: nobody learns from an upload that was not
    asked for what others have stored. A reference needs no upload.
    """
    viewer.require("write", (await checked(graph, viewer, id)).project_id)
    checked_entries = checked_files(limits, entries)
    most = limits.part_bytes if pack else 0
    readable, requested = await add_files(
        graph, viewer, limits, id, checked_entries, expires, remove=remove, pack_bytes=most
    )
    together: set[str] = set()
    goes_up = None
    if requested:
        together = set(requested.contents.digests)
        key = pack_key(id, str(requested.number))
        url = blobs.sign_put(key, requested.contents.size, None, expires)
        goes_up = PackUpload(requested, url)
    missing = {
        (entry.sha256, entry.size or 0)
        for entry in checked_entries
        if entry.sha256 and entry.sha256 not in readable and entry.sha256 not in together
    }
    big = {content for content in missing if content[1] > limits.part_bytes}
    begun = await upload.request(graph, blobs, viewer, limits, big)
    targets: dict[tuple[str | None, int], SignedUrl | Progress] = {
        (sha256, size): blobs.sign_put(upload_prefix(id) + sha256, size, sha256, expires)
        for sha256, size in missing - big
    }
    targets |= begun
    found = [targets.get((entry.sha256, entry.size or 0)) for entry in checked_entries]
    return found, goes_up


async def add_files(
    graph: Graph,
    viewer: Viewer,
    limits: Limits,
    id: str,
    checked_entries: Sequence[Entry],
    expires: timedelta,
    *,
    remove: Sequence[str] = (),
    pack_bytes: int = 0,
) -> tuple[dict[str, Blob], RequestedPack | None]:
    """Add checked files to a draft, all or none, in place of earlier ones.

    The contents among them that are here already, as far as the viewer can read them or the draft
    brought them; and which of the others are to come in a pack of at most ``pack_bytes``. Uploads
    may begin until ``expires``.
    """
    readable = await blob.readable(
        graph, viewer, _digests(checked_entries), prefix=upload_prefix(id)
    )
    for entry in checked_entries:
        known = readable.get(entry.sha256 or "")
        if known and known.size != entry.size:
            raise WrongSize(entry.path, entry.size, known.size)

    ordered = merged(checked_entries)
    if len(remove) > MOST:
        raise BadInput(f"{len(remove):,} paths in one call; at most {MOST:,} can be removed.")
    removed = [names.path(path) for path in remove]
    paths = [*removed, *(entry.path for entry in ordered)]
    contents = packed((one for one in ordered if one.sha256 not in readable), pack_bytes)

    async def work(tx: Transaction) -> int:
        draft = await lock_open(tx, viewer, id)
        now = instant.now()
        until = now + expires // timedelta(microseconds=1) + LATE
        await tx.write(
            ADD_FILES,
            id=id,
            number=draft.batches,
            entries=dumped(ordered),
            removed=removed,
            first_path=min(paths, default=""),
            last_path=max(paths, default=""),
            packed=contents and contents.digests,
            sizes=contents and contents.sizes,
            until=until,
            sweep_at=max(until, now + limits.draft_seconds * instant.SECOND),
        )
        return draft.batches

    number = await graph.in_transaction(work)
    return readable, contents and RequestedPack(number=number, contents=contents)


def checked_files(limits: Limits, entries: Sequence[Entry]) -> list[Entry]:
    """The entries as they are kept, or what is wrong with them."""
    if len(entries) > MOST:
        raise BadInput(f"{len(entries):,} files in one call; at most {MOST:,} can be given.")
    checked_entries = [_checked(limits, entry) for entry in entries]
    merged(checked_entries)
    return checked_entries


async def delete_draft(graph: Graph, viewer: Viewer, id: str) -> None:
    """Remove a draft that will not be committed; NotADraft where it was."""

    async def work(tx: Transaction) -> None:
        await lock_open(tx, viewer, id)
        await tx.write(DELETE_DRAFT, id=id, until=instant.now() + LATE)

    await graph.in_transaction(work)


async def lock_open(tx: Transaction, viewer: Viewer, id: str) -> LockedDraft:
    """The draft under its lock; NotADraft where it has ended, UnknownId."""
    draft = await lock(tx, viewer, id)
    if draft.same_as:
        raise NotADraft(id, f"answered by {draft.same_as!r}")
    if draft.state != "PENDING":
        raise NotADraft(id, draft.state)
    return draft


async def lock(tx: Transaction, viewer: Viewer, id: str) -> LockedDraft:
    """The version under its lock, or UnknownId."""
    draft = await tx.fetch_one(LOCK_DRAFT, id=expect_kind(id, "Artifact"), projects=viewer.projects)
    if draft is None:
        raise UnknownId("Artifact", id)
    viewer.require("write", draft.project_id)
    return draft


def _checked(limits: Limits, entry: Entry) -> Entry:
    path = names.path(entry.path)
    if entry.size is not None and not 0 <= entry.size <= _LARGEST:
        raise BadInput(f"{path!r} is said to have {entry.size} bytes.")
    if (entry.sha256 is None) == (entry.reference is None):
        raise BadInput(f"{path!r} needs either a sha256 or a reference.")
    if entry.sha256 is not None:
        names.sha256(path, entry.sha256)
        if entry.size is None:
            raise BadInput(f"{path!r} needs its size in bytes.")
        if entry.size > LARGEST:
            raise BadInput(
                f"{path!r} has {entry.size:,} bytes; one file can have {LARGEST:,}. Cut it into "
                "several."
            )
    if entry.metadata:
        json.canonical(entry.metadata, limits.metadata_keys, limits.metadata_bytes)
    if entry.reference is not None and entry.digest is None:
        digest = hashlib.sha256(entry.reference.encode()).hexdigest()
        entry = entry.model_copy(update={"digest": digest})
    return entry.model_copy(update={"path": path})


def _digests(entries: Sequence[Entry]) -> list[str]:
    return sorted({entry.sha256 for entry in entries if entry.sha256})
