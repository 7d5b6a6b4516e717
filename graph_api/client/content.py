"""The files of a logged version."""

import os
import re
import tempfile
from collections.abc import Mapping
from difflib import get_close_matches
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, cast

from graph_api.client import archive, download
from graph_api.client.api import Api
from graph_api.client.errors import NotFound, OnlyAReference, SeveralFiles, UnknownPath
from graph_api.client.file import FILE, File, file_of
from graph_api.client.store import Store

_FILES = f"""\
query ($id: ID!, $first: Int, $after: String) {{
  artifact(id: $id) {{
    files(first: $first, after: $after) {{
      nodes {{ {FILE} }} pageInfo {{ hasNextPage endCursor }}
    }}
  }}
}}"""
_FILE = (
    f"query ($id: ID!, $path: String!) {{ artifact(id: $id) {{ file(path: $path) {{ {FILE} }} }} }}"
)


class Content:
    """Everything that can be read of one version. It never changes, so it is listed once."""

    def __init__(self, api: Api, store: Store, id: str, name: str, version: str) -> None:
        self._api, self._store, self._id = api, store, id
        self._name, self._version = name, version
        self._title = f"{name}:{version}"
        self._files: list[File] | None = None

    def files(self) -> list[File]:
        if self._files is None:
            pages = list(self._api.pages(_FILES, {"id": self._id}, "artifact", "files"))
            if not pages:
                raise self._unknown()
            self._files = [file_of(file, self._id) for page in pages for file in page["nodes"]]
        return self._files

    def manifest(self) -> Mapping[str, File]:
        return MappingProxyType({file.path: file for file in self.files()})

    def get(self, path: str) -> File:
        found = self._api.execute(_FILE, {"id": self._id, "path": path})["artifact"]
        if found is None:
            raise self._unknown()
        if found["file"] is None:
            raise UnknownPath(self._title, path, get_close_matches(path, self.manifest()))
        return file_of(found["file"], self._id)

    def default_root(self) -> Path:
        return Path("artifacts", folder_name(self._name, self._version))

    def materialize(self, root: str | os.PathLike[str] | None, *, exact: bool) -> Path:
        folder = self.default_root() if root is None else Path(root)
        download.materialize(
            self._store, self.files(), folder, self._renew, self._title, exact=exact
        )
        return folder

    def verify(self, root: str | os.PathLike[str] | None) -> Path:
        folder = self.materialize(None, exact=False) if root is None else Path(root)
        download.verify(self._title, self.files(), folder)
        return folder

    def only_file(self, root: str | os.PathLike[str] | None) -> Path:
        files = self.files()
        if len(files) != 1:
            raise SeveralFiles(self._title, len(files))
        _stored(files[0])
        return self.materialize(root, exact=False).joinpath(*files[0].path.split("/"))

    def open(self, path: str) -> BinaryIO:
        file = _stored(self.get(path))
        sink = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115
        try:
            self.fetch(file, sink)
        except BaseException:
            sink.close()
            raise
        return sink

    def load(self, path: str) -> BytesIO:
        sink = BytesIO()
        self.fetch(_stored(self.get(path)), sink)
        return sink

    def zip(self, path: str | os.PathLike[str]) -> Path:
        local = Path(path)
        archive.fetch(self._api, self._store, self._id, self.files(), local, self._title)
        return local

    def fetch(self, file: File, sink: BinaryIO) -> None:
        """Write the bytes of a stored file, verified, and wind the sink back."""
        download.single(self._store, file, sink, self._renew)

    def _unknown(self) -> NotFound:
        """An empty list instead would have a checkout remove everything."""
        return NotFound(f"The service has no artifact {self._id!r} ({self._title}).")

    def _renew(self, path: str) -> str:
        return str(self.get(path).url)


def folder_name(name: str, version: str, *, windows: bool = os.name == "nt") -> str:
    """``name:version``; on Windows, which has no such names, ``name-version``."""
    joined = f"{name}:{version}"
    return re.sub(r'[<>:"/\\|?*]', "-", joined).rstrip(". ") if windows else joined


def _stored(file: File) -> File:
    if file.reference is not None:
        raise OnlyAReference(file.path, file.reference)
    return file
