"""A draft's files into the store, and the draft into a version."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from graph_api.client import pack
from graph_api.client.api import PAGE, Api
from graph_api.client.draft import Draft
from graph_api.client.errors import Refused
from graph_api.client.file import File
from graph_api.client.multipart import Multipart, multipart_of, send
from graph_api.client.parallel import each
from graph_api.client.progress import Transfer, transfer
from graph_api.client.store import Source, Store, Upload, upload_of

_BATCHES = 3
_COMMITS = 3
_CALLS = 30
_CHANGES = 50_000


def begin(api: Api, draft: Draft, input: dict[str, Any]) -> str:
    """Begin a version; its id.

    A service that lacks what the draft begins with gets all of it, and so does one that would have
    too many changes in memory at the commit.
    """
    if draft.base is not None and len(draft.changed) + len(draft.removed) > _CHANGES:
        draft.tell_all()
    if draft.base is not None:
        try:
            return _created(api, {**input, "base": draft.base})
        except Refused as refused:
            if refused.code not in ("NOT_FOUND", "DELETED"):
                raise
            draft.tell_all()
    return _created(api, input)


def _created(api: Api, input: dict[str, Any]) -> str:
    id: str = api.mutate("createDraft", "DraftPayload", "artifact { id }", input)["artifact"]["id"]
    return id


def commit(
    api: Api, store: Store, draft_id: str, draft: pack.Files, title: str, selection: str
) -> dict[str, Any]:
    """Upload what the service does not have, commit, and return the selected payload.

    Files go straight to the store: small ones in packs, big ones in parts.
    """
    for tried in range(1, _COMMITS + 1):
        _upload(api, store, draft_id, draft, title)
        try:
            return _commit(api, draft_id, selection)
        except Refused as refused:
            # The sweep may take bytes that were here when the uploads were asked for.
            if refused.code != "NEEDS_UPLOAD" or tried == _COMMITS:
                raise
    raise AssertionError


def _commit(api: Api, draft_id: str, selection: str) -> dict[str, Any]:
    for tried in range(1, _CALLS + 1):
        try:
            return api.mutate("commitArtifact", "CommitPayload", selection, {"draft": draft_id})
        except Refused as refused:
            # One of very many files takes longer than a request may, and the next goes on there.
            if refused.code != "DEADLINE_EXCEEDED" or tried == _CALLS:
                raise
    raise AssertionError


def _upload(api: Api, store: Store, draft_id: str, draft: pack.Files, title: str) -> None:
    removed = draft.removed
    for start in range(0, len(removed), PAGE):
        gone = {"draft": draft_id, "files": [], "remove": removed[start : start + PAGE]}
        api.mutate("requestUploads", "UploadsPayload", "__typename", gone)
    files = draft.changed
    total = sum(file.size or 0 for file in files if file.reference is None)
    with transfer(title, total) as counted:
        # While the service looks at one batch, another is read and sent.
        batches = [_Batch(api, store, draft_id, draft, batch, counted) for batch in _batches(files)]
        found = each(batches, lambda batch, stop: batch.send(stop), _BATCHES)
        # One by one, each content once: its parts go up several at a time.
        sent: set[str] = set()
        for batch, left in zip(batches, found, strict=True):
            for file, multipart in left:
                if multipart.id not in sent:
                    batch.send_big(file, multipart)
                    sent.add(multipart.id)


def _batches(files: Sequence[File]) -> Iterator[Sequence[File]]:
    """The files in batches that the service takes, whose small ones fit into one pack."""
    start = packed = 0
    for number, file in enumerate(files):
        small = pack.weight(file)
        if number - start == PAGE or packed + small > pack.LARGEST:
            yield files[start:number]
            start, packed = number, 0
        packed += small
    if files[start:]:
        yield files[start:]


class _Batch:
    """Some files of a draft on their way."""

    def __init__(
        self,
        api: Api,
        store: Store,
        draft_id: str,
        draft: pack.Files,
        files: Sequence[File],
        counted: Transfer,
    ) -> None:
        self._api, self._store = api, store
        self._draft_id, self._draft = draft_id, draft
        self._files, self._counted = files, counted

    def send(self, stop: Callable[[], bool]) -> list[tuple[File, Multipart]]:
        """Send what the service does not have, small files together; those for :meth:`send_big`."""
        targets, together = self._request(self._files)
        wanted: dict[str, tuple[File, Upload]] = {}
        big: list[tuple[File, Multipart]] = []
        packed = {file.sha256 for file in together.files} if together else set[str | None]()
        for file, target in zip(self._files, targets, strict=True):
            # Files of equal content share one object, and only one may be on its way.
            if isinstance(target, Upload):
                wanted[target.url.partition("?")[0]] = file, target
            elif target is not None:
                big.append((file, target))
            elif file.sha256 not in packed and not file.reference:
                self._counted.advance(file.size or 0)
        if together:
            pack.send(
                self._api,
                self._store,
                self._draft,
                self._draft_id,
                together,
                lambda files: self._renewed(files, stop),
                self._counted,
                stop,
            )
        each(wanted.values(), lambda item, failed: self._put(item, lambda: failed() or stop()))
        return big

    def _renewed(self, files: Sequence[File], stop: Callable[[], bool]) -> pack.Pack | None:
        """Another pack of these files; what the service now wants by itself is sent."""
        targets, together = self._request(files)
        for file, target in zip(files, targets, strict=True):
            if isinstance(target, Upload):
                self._put((file, target), stop)
        return together

    def _put(self, item: tuple[File, Upload], stop: Callable[[], bool]) -> None:
        file, upload = item

        def renewed() -> Upload | None:
            again = self._request([file])[0][0]
            return again if isinstance(again, Upload) else None

        source = Source(file.path, self._draft.local(file.path), 0, file.size or 0, last=True)
        self._store.put(source, upload, renewed, self._counted, stop)

    def send_big(self, file: File, multipart: Multipart) -> None:
        """Send a big file in parts."""

        def renewed() -> Multipart | None:
            again = self._request([file])[0][0]
            return again if isinstance(again, Multipart) else None

        local = self._draft.local(file.path)
        send(self._api, self._store, file, local, multipart, renewed, self._counted)

    def _request(
        self, files: Sequence[File]
    ) -> tuple[list[Upload | Multipart | None], pack.Pack | None]:
        given = [
            {
                "path": file.path,
                "size": file.size,
                "sha256": file.sha256,
                "reference": file.reference,
                "digest": file.digest,
                "metadata": file.metadata,
            }
            for file in files
        ]
        answer = self._api.mutate(
            "requestUploads",
            "UploadsPayload",
            "uploads { method url headers { name value } } "
            "multipartUploads { upload partSize partCount uploaded } "
            "pack { number sha256s upload { method url headers { name value } } }",
            {"draft": self._draft_id, "files": given, "pack": True},
        )
        targets = [
            upload_of(whole) if whole else multipart_of(parts) if parts else None
            for whole, parts in zip(answer["uploads"], answer["multipartUploads"], strict=True)
        ]
        return targets, pack.pack_of(answer["pack"], files) if answer["pack"] else None
