"""Stored files of a version into places of this machine, by as few requests as there can be."""

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from graph_api.client.api import PAGE, Api
from graph_api.client.errors import NotFound, StoreRefused
from graph_api.client.file import File
from graph_api.client.parallel import each
from graph_api.client.progress import Transfer
from graph_api.client.store import Download, Expired, Store, download_of

_BATCHES = 2
_TRIES = 3
DOWNLOADS = """\
query ($id: ID!, $paths: [String!]!) {
  artifact(id: $id) { downloads(paths: $paths) { url headers { name value } sha256s } }
}"""


def gather(
    api: Api, store: Store, artifact_id: str, wanted: Mapping[Path, File], counted: Transfer
) -> None:
    """Write each file's bytes to its place, verified."""
    ordered = sorted(wanted.items(), key=lambda item: item[1].path)
    batches = [ordered[start : start + PAGE] for start in range(0, len(ordered), PAGE)]
    each(
        batches,
        lambda batch, stop: _Batch(api, store, artifact_id, batch, counted).bring(stop),
        _BATCHES,
    )


class _Batch:
    """Files that are asked for in one call. Those of equal content come once."""

    def __init__(
        self,
        api: Api,
        store: Store,
        artifact_id: str,
        wanted: Iterable[tuple[Path, File]],
        counted: Transfer,
    ) -> None:
        self._api, self._store, self._id = api, store, artifact_id
        self._counted = counted
        self._places: dict[str, list[Path]] = {}
        self._files: dict[str, File] = {}
        for place, file in wanted:
            self._places.setdefault(str(file.sha256), []).append(place)
            self._files[str(file.sha256)] = file

    def bring(self, stop: Callable[[], bool]) -> None:
        for sha256, file in self._files.items():
            if not file.size:
                for place in self._places[sha256]:
                    place.touch()
        wanted = [file for file in self._files.values() if file.size]
        downloads = self._downloads(wanted)
        come = {file.sha256 for download in downloads for file in download.contents}
        if lacking := [file.path for file in wanted if file.sha256 not in come]:
            raise NotFound(f"The service no longer has the bytes of {lacking[0]!r}.")
        each(downloads, lambda download, failed: self._bring(download, lambda: failed() or stop()))

    def _bring(self, download: Download, stop: Callable[[], bool], tried: int = 1) -> None:
        if len(download.contents) == 1 and not download.headers:
            (file,) = download.contents
            self._alone(file, download.url, stop)
            return
        try:
            self._store.get_together(download, self._take, self._counted, stop)
            for file in download.contents:
                again = len(self._places[str(file.sha256)]) - 1
                self._counted.advance(again * (file.size or 0))
        except Expired as expired:
            if tried == _TRIES:
                path = download.contents[0].path
                raise StoreRefused("GET", path, 403, str(expired)) from expired
            for again in self._downloads(download.contents):
                self._bring(again, stop, tried + 1)

    def _downloads(self, files: Sequence[File]) -> list[Download]:
        if not files:
            return []
        variables = {"id": self._id, "paths": [file.path for file in files]}
        found = self._api.execute(DOWNLOADS, variables)["artifact"]
        if found is None:
            raise NotFound(f"The service has no artifact {self._id!r}.")
        return [download_of(one, self._files) for one in found["downloads"]]

    def _alone(self, file: File, url: str, stop: Callable[[], bool]) -> None:
        def renewed() -> str:
            return self._downloads([file])[0].url

        first, *others = self._places[str(file.sha256)]
        with first.open("wb") as sink:
            self._store.get(replace(file, url=url), sink, renewed, self._counted, stop)
        for other in others:
            shutil.copyfile(first, other)
            self._counted.advance(file.size or 0)

    def _take(self, file: File, data: bytes) -> None:
        first, *others = self._places[str(file.sha256)]
        first.write_bytes(data)
        for other in others:
            other.write_bytes(data)
