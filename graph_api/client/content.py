"""The files of a logged version."""

import os
import re
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO, cast

from graph_api.client import archive, cache, download, objects
from graph_api.client.api import PAGE, Api
from graph_api.client.difference import DIFF, PREVIOUS, Difference
from graph_api.client.errors import (
    NotFound,
    OnlyAReference,
    Refused,
    RemoteChanged,
    SeveralFiles,
    UnknownPath,
)
from graph_api.client.file import FILE, File, file_of
from graph_api.client.gather import gather
from graph_api.client.progress import Transfer
from graph_api.client.remote import Remotes
from graph_api.client.store import Store

FILES = f"""\
query ($id: ID!, $glob: String, $first: Int, $after: String) {{
  artifact(id: $id) {{
    files(glob: $glob, first: $first, after: $after) {{
      nodes {{ {FILE} }} pageInfo {{ hasNextPage endCursor }}
    }}
  }}
}}"""
FILE_AT = f"""\
query ($id: ID!, $path: String!) {{
  artifact(id: $id) {{ file(path: $path) {{ {FILE} downloadUrl }} }}
}}"""
READABLE = "query ($id: ID!) { artifact(id: $id) { files(first: 0) { pageInfo { hasNextPage } } } }"
URLS = """\
query ($id: ID!, $paths: [String!]!) { artifact(id: $id) { downloadUrls(paths: $paths) } }"""

# Files that are asked for one by one; then a listing takes no longer.
_MOST_ASKED = 20


class Content:
    """Everything that can be read of one version. It never changes, so it is listed once.

    ``digest`` is that of its manifest, where it is known: the files that were listed under it are
    those of today.
    """

    def __init__(
        self, api: Api, store: Store, id: str, name: str, version: str, digest: str | None
    ) -> None:
        self._api, self._store, self._id = api, store, id
        self._key = digest and f"{api.url} {digest} {FILE}"
        self._name, self._version = name, version
        self._title = f"{name}:{version}"
        self._files: list[File] | None = None
        self._known: list[File] | None = None
        self._by_path: dict[str, File] | None = None
        self._asked = 0

    @property
    def id(self) -> str:
        return self._id

    def find(self, path: str) -> File | None:
        """The file of this path; asked for by itself, until many were."""
        if self._files is None and self._asked < _MOST_ASKED:
            self._asked += 1
            found = self._api.execute(FILE_AT, {"id": self._id, "path": path})["artifact"]
            if found is None:
                raise self._unknown(self._id)
            return found["file"] and file_of(found["file"], self._id)
        if self._by_path is None:
            self._by_path = {file.path: file for file in self.known()}
        return self._by_path.get(path)

    def files(self) -> list[File]:
        if self._files is None:
            pages = list(self._pages(FILES, "files"))
            entries = [file for page in pages for file in page]
            self._files = [file_of(entry, self._id) for entry in entries]
            # One page takes no longer than to ask whether they still can be read.
            if self._key and len(pages) > 1:
                with cache.opened() as kept:
                    kept.keep_listing(self._key, entries)
        return self._files

    def known(self) -> list[File]:
        """The files, perhaps as they were listed before on this machine."""
        if self._key and self._files is None and self._known is None:
            with cache.opened() as kept:
                entries = kept.listing(self._key)
            if entries is not None:
                self.check()
                self._known = [file_of(entry, self._id) for entry in entries]
        return self._files or self._known or self.files()

    def check(self) -> None:
        """NotFound or Refused unless the files can be read."""
        if self._api.execute(READABLE, {"id": self._id})["artifact"] is None:
            raise self._unknown(self._id)

    def some(self) -> list[File]:
        """The first thousand files."""
        return [file_of(file, self._id) for file in next(self._pages(FILES, "files"))]

    def fitting(self, glob: str) -> list[File]:
        """The files whose paths fit a pattern; the service looks for them."""
        pages = self._pages(FILES, "files", glob=glob)
        return [file_of(file, self._id) for page in pages for file in page]

    def differences(self, since: str | None) -> Iterator[Difference]:
        """The files in which this version differs from one of this id, or the one before it."""
        if since is None:
            before = self._api.execute(PREVIOUS, {"id": self._id})["artifact"]
            since = before and before["previous"] and before["previous"]["id"]
        for page in self._pages(DIFF, "diff", since=since):
            for node in page:
                yield Difference.of(node, str(since), self._id)

    def _pages(
        self, document: str, field: str, **variables: str | None
    ) -> Iterator[list[dict[str, Any]]]:
        """The nodes of each page of a list of the version; NotFound where there is none."""
        found = False
        for page in self._api.pages(document, {"id": self._id, **variables}, "artifact", field):
            found = True
            yield page["nodes"]
        if not found:
            raise self._unknown(self._id)

    def manifest(self) -> Mapping[str, File]:
        return MappingProxyType({file.path: file for file in self.files()})

    def get(self, path: str) -> File:
        return self._file(self._id, path)

    def default_root(self) -> Path:
        return Path("artifacts", folder_name(self._name, self._version))

    def materialize(
        self, root: str | os.PathLike[str] | None, *, exact: bool, references: bool = True
    ) -> Path:
        folder = self.default_root() if root is None else Path(root)
        files = self.known()
        download.materialize(
            self._bringing(self._signing(files)),
            files,
            folder,
            lambda wanted, counted: gather(self._api, self._store, self._id, wanted, counted),
            self._title,
            exact=exact,
            references=references,
        )
        return folder

    def verify(self, root: str | os.PathLike[str] | None) -> Path:
        if root is None:
            folder = self.materialize(None, exact=False, references=False)
        else:
            folder = Path(root)
        download.verify(self._title, self.known(), folder)
        return folder

    def only_file(self, root: str | os.PathLike[str] | None) -> Path:
        files = self.files()
        if len(files) != 1:
            raise SeveralFiles(self._title, len(files))
        return self.materialize(root, exact=False).joinpath(*files[0].path.split("/"))

    def open(self, path: str) -> BinaryIO:
        return self._opened(self.get(path))

    def object(self, path: str, trusted: Sequence[str], *, trust_pickle: bool) -> Any:
        file = self.get(path)
        read = objects.reader(self._title, path, trusted, trust_pickle=trust_pickle)
        with self._opened(file) as stream:
            return read(stream)

    def _opened(self, file: File) -> BinaryIO:
        sink = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115
        try:
            self.fetch(file, sink)
        except BaseException:
            sink.close()
            raise
        return sink

    def load(self, path: str) -> BytesIO:
        sink = BytesIO()
        self.fetch(self.get(path), sink)
        return sink

    def zip(self, path: str | os.PathLike[str]) -> Path:
        local = Path(path)
        archive.fetch(self._api, self._store, self._id, self.files(), local, self._title)
        return local

    def fetch(self, file: File, sink: BinaryIO) -> None:
        """Write the bytes of a file, verified, and wind the sink back.

        Those of a reference come from its ``url`` where it has one.
        """
        download.single(self._bringing(lambda _: file.url), file, sink)

    def _unknown(self, artifact: str) -> NotFound:
        """An empty list instead would have a checkout remove everything."""
        return NotFound(f"The service has no artifact {artifact!r}.")

    def _signing(self, files: Sequence[File]) -> Callable[[str], str | None]:
        """Tells the address that the service signs for a reference, by its path; None for none.

        All are asked for once one is wanted.
        """
        lock = threading.Lock()
        found: dict[str, str | None] | None = None
        alone = False

        def signed(path: str) -> str | None:
            nonlocal found, alone
            with lock:
                if found is None:
                    try:
                        found = self._signed(files)
                    except Refused as refused:
                        if refused.code != "SECRET_UNREADABLE":
                            raise
                        # Of one credential that cannot be read, no other file is to suffer.
                        found, alone = {}, True
            return self._file(self._id, path).url if alone else found.get(path)

        return signed

    def _signed(self, files: Sequence[File]) -> dict[str, str | None]:
        """By their paths, the addresses that the service signs for references; None for none."""
        paths = [file.path for file in files if file.can_be_signed]
        found: dict[str, str | None] = {}
        for start in range(0, len(paths), PAGE):
            batch = paths[start : start + PAGE]
            answer = self._api.execute(URLS, {"id": self._id, "paths": batch})["artifact"]
            if answer is None:
                raise self._unknown(self._id)
            found |= zip(batch, answer["downloadUrls"], strict=True)
        return found

    def _bringing(self, signed: Callable[[str], str | None]) -> download.Bring:
        """What fetches the files of one download: from the store, or from where they refer to.

        ``signed`` tells the address that the service has signed for a reference, by its path.
        """
        remotes = Remotes(self._store.http)

        def bring(file: File, sink: BinaryIO, transfer: Transfer, stop: Callable[[], bool]) -> None:
            origin = file if file.source is None else self._referred(file, *file.source)

            def renewed() -> str | None:
                return self._file(origin.artifact or self._id, origin.path).url

            if origin.reference is None:
                self._store.get(origin, sink, lambda: str(renewed()), transfer, stop)
                return
            origin = replace(origin, url=signed(origin.path))
            remotes.fetch(origin, sink, transfer, stop, renewed)

        return bring

    def _referred(self, file: File, artifact: str, path: str) -> File:
        """The stored file of another artifact that this one refers to."""
        other, uri = self._file(artifact, path), str(file.reference)
        if other.sha256 is None:
            raise OnlyAReference(file.path, uri)
        if file.checksum not in (None, other.sha256):
            raise RemoteChanged(file.path, uri, f"the SHA-256 {file.checksum}", other.sha256)
        return other

    def _file(self, artifact: str, path: str) -> File:
        found = self._api.execute(FILE_AT, {"id": artifact, "path": path})["artifact"]
        if found is None:
            raise self._unknown(artifact)
        if found["file"] is not None:
            return file_of(found["file"], artifact)
        if artifact != self._id:
            raise UnknownPath(artifact, path)
        raise UnknownPath(self._title, path, get_close_matches(path, self.manifest()))


def folder_name(name: str, version: str, *, windows: bool = os.name == "nt") -> str:
    """``name:version``; on Windows, which has no such names, ``name-version``."""
    joined = f"{name}:{version}"
    return re.sub(r'[<>:"/\\|?*]', "-", joined).rstrip(". ") if windows else joined
