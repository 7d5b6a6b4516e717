"""A draft's files into the store, and the draft into a version."""

from collections.abc import Callable, Sequence
from typing import Any

from graph_api.client.api import Api
from graph_api.client.draft import Draft
from graph_api.client.errors import Refused
from graph_api.client.file import File
from graph_api.client.multipart import Multipart, multipart_of, send
from graph_api.client.parallel import each
from graph_api.client.progress import Transfer, transfer
from graph_api.client.store import Source, Store, Upload, upload_of

_BATCH = 1000
_COMMITS = 3


def commit(
    api: Api, store: Store, draft_id: str, draft: Draft, title: str, selection: str
) -> dict[str, Any]:
    """Upload what the service does not have, commit, and return the selected payload.

    Files go straight to the store, eight at a time; big ones one by one, in parts.
    """
    for tried in range(1, _COMMITS + 1):
        _upload(api, store, draft_id, draft, title)
        try:
            return api.mutate("commitArtifact", "CommitPayload", selection, {"draft": draft_id})
        except Refused as refused:
            # The sweep may take bytes that were here when the uploads were asked for.
            if refused.code != "NEEDS_UPLOAD" or tried == _COMMITS:
                raise
    raise AssertionError


def _upload(api: Api, store: Store, draft_id: str, draft: Draft, title: str) -> None:
    files = draft.files
    total = sum(file.size or 0 for file in files if file.reference is None)
    with transfer(title, total) as counted:
        for start in range(0, len(files), _BATCH):
            _upload_batch(api, store, draft_id, draft, files[start : start + _BATCH], counted)


def _upload_batch(
    api: Api, store: Store, draft_id: str, draft: Draft, files: Sequence[File], counted: Transfer
) -> None:
    wanted: dict[str, tuple[File, Upload]] = {}
    big: dict[str, tuple[File, Multipart]] = {}
    for file, target in zip(files, _request(api, draft_id, files), strict=True):
        # Files of equal content share one object, and only one may be on its way.
        if isinstance(target, Upload):
            wanted[target.url.partition("?")[0]] = file, target
        elif target is not None:
            big[target.id] = file, target
        else:
            counted.advance(0 if file.reference else file.size or 0)

    def put(item: tuple[File, Upload], stop: Callable[[], bool]) -> None:
        file, upload = item

        def renewed() -> Upload | None:
            again = _request(api, draft_id, [file])[0]
            return again if isinstance(again, Upload) else None

        source = Source(file.path, draft.local(file.path), 0, file.size or 0, last=True)
        store.put(source, upload, renewed, counted, stop)

    each(wanted.values(), put)
    for file, multipart in big.values():

        def renewed(file: File = file) -> Multipart | None:
            again = _request(api, draft_id, [file])[0]
            return again if isinstance(again, Multipart) else None

        send(api, store, file, draft.local(file.path), multipart, renewed, counted)


def _request(api: Api, draft_id: str, files: Sequence[File]) -> list[Upload | Multipart | None]:
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
    answer = api.mutate(
        "requestUploads",
        "UploadsPayload",
        "uploads { method url headers { name value } } "
        "multipartUploads { upload partSize partCount uploaded }",
        {"draft": draft_id, "files": given},
    )
    return [
        upload_of(whole) if whole else multipart_of(parts) if parts else None
        for whole, parts in zip(answer["uploads"], answer["multipartUploads"], strict=True)
    ]
