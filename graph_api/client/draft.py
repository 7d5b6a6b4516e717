"""The files of an artifact that is not logged yet."""

import shutil
import tempfile
import weakref
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from graph_api.client import index, objects
from graph_api.client.errors import BadArgument, BadPath, FileMissing, PathTaken, Sealed
from graph_api.client.file import File, checked, hashed, inner
from graph_api.client.metadata import checked_metadata
from graph_api.client.parallel import each


class Draft:
    """Local files under the paths that they will have. Streams are copied, files are not."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._files: dict[str, File] = {}
        self._local: dict[str, Path] = {}
        self._fetch: Callable[[File, BinaryIO], None] | None = None
        self.base: str | None = None
        """Id of the version that it begins with, if the service has it."""
        self._before: dict[str, File] = {}
        self._copies: Path | None = None
        self._sealed = False

    def begin_with(
        self, base: str, files: Iterable[File], fetch: Callable[[File, BinaryIO], None]
    ) -> None:
        """Have the files of a version; ``fetch`` writes the bytes of one, should they be needed."""
        self._files = {file.path: replace(file, url=None, artifact=None) for file in files}
        self.base, self._before = base, dict(self._files)
        self._fetch = fetch
        # Now, because several threads may fetch.
        self._copies_folder()

    @property
    def files(self) -> list[File]:
        """What was added, by path."""
        return sorted(self._files.values(), key=lambda file: file.path.encode())

    @property
    def changed(self) -> list[File]:
        """Those that the version does not have with which it begins."""
        before = self._before if self.base else {}
        return [file for file in self.files if before.get(file.path) != file]

    @property
    def removed(self) -> list[str]:
        """Paths that only the version has with which it begins."""
        return sorted(self._before.keys() - self._files.keys()) if self.base else []

    def local(self, path: str) -> Path:
        """Where the bytes of a stored file lie; those of a version are fetched first."""
        if path not in self._local and self._fetch is not None:
            with self._copy() as copy:
                self._fetch(self._files[path], cast("BinaryIO", copy))
            self._local[path] = Path(copy.name)
        return self._local[path]

    def seal(self) -> None:
        """Refuse changes from now on."""
        self._sealed = True

    def add_file(
        self,
        local: Path,
        path: str,
        metadata: dict[str, Any] | None,
        *,
        overwrite: bool,
        is_tmp: bool,
    ) -> File:
        self._check(path := checked(path), overwrite=overwrite or is_tmp)
        if local.is_dir():
            raise BadArgument(f"{str(local)!r} is a folder.", "Use add_dir().")
        file = _described(local, path, metadata, index.hashed)
        if is_tmp:
            file = replace(file, path=_by_content(path, str(file.sha256)))
        return self._put(file, local)

    def add_dir(self, folder: Path, prefix: str | None, *, overwrite: bool) -> list[File]:
        if not folder.is_dir():
            raise FileMissing(folder, "folder")
        found = {
            checked("/".join(filter(None, ((prefix or "").strip("/"), path)))): folder / path
            for path in inner(folder)
        }
        for path in found:
            self._check(path, overwrite=overwrite)
        with index.opened() as known:
            files = each(
                found.items(), lambda item, _: _described(item[1], item[0], None, known.hashed)
            )
        return [self._put(file, found[file.path]) for file in files]

    def add_stream(
        self,
        stream: BinaryIO | IO[str],
        path: str,
        metadata: dict[str, Any] | None,
        *,
        overwrite: bool,
    ) -> File:
        self._check(path := checked(path), overwrite=overwrite)
        with self._copy() as copy:
            while chunk := stream.read(1 << 20):
                copy.write(chunk.encode() if isinstance(chunk, str) else chunk)
        local = Path(copy.name)
        return self._put(_described(local, path, metadata), local)

    @contextmanager
    def new_file(
        self, path: str, mode: str, encoding: str | None, *, overwrite: bool
    ) -> Generator[IO[Any]]:
        if mode not in ("w", "wb"):
            raise BadArgument(f"A new file is opened with mode 'w' or 'wb', not {mode!r}.")
        self._check(path := checked(path), overwrite=overwrite)
        with self._copy() as copy:
            pass
        local = Path(copy.name)
        with local.open(mode, encoding=encoding) as stream:
            yield stream
        self._check(path, overwrite=overwrite)
        self._put(_described(local, path, None), local)

    def add_object(
        self, thing: object, path: str, metadata: dict[str, Any] | None, *, overwrite: bool
    ) -> File:
        self._check(path := checked(path), overwrite=overwrite)
        with self._copy() as copy:
            objects.write(thing, path, cast("BinaryIO", copy))
        local = Path(copy.name)
        return self._put(_described(local, path, metadata), local)

    def add_references(self, find: Callable[[], Sequence[File]], *, overwrite: bool) -> list[File]:
        """Add all that are found, or none. Nothing is looked for once the draft is sealed."""
        if self._sealed:
            raise Sealed(self._name)
        found: dict[str, File] = {}
        for file in find():
            self._check(file.path, overwrite=overwrite)
            if file.path in found:
                raise PathTaken(file.path)
            found[file.path] = file
        return [self._put(file, None) for file in found.values()]

    def remove(self, path: str) -> None:
        if self._sealed:
            raise Sealed(self._name)
        if path not in self._files:
            raise BadPath(path, "is not in the artifact")
        del self._files[path]
        self._local.pop(path, None)

    def _check(self, path: str, *, overwrite: bool) -> None:
        if self._sealed:
            raise Sealed(self._name)
        if path in self._files and not overwrite:
            raise PathTaken(path)

    def _put(self, file: File, local: Path | None) -> File:
        self._files[file.path] = file
        if local is None:
            self._local.pop(file.path, None)
        else:
            self._local[file.path] = local
        return file

    def _copy(self) -> "tempfile._TemporaryFileWrapper[bytes]":  # pyright: ignore[reportPrivateUsage]
        return tempfile.NamedTemporaryFile(dir=self._copies_folder(), delete=False)

    def _copies_folder(self) -> Path:
        if self._copies is None:
            self._copies = Path(tempfile.mkdtemp(prefix="graph-api-"))
            weakref.finalize(self, shutil.rmtree, self._copies, ignore_errors=True)
        return self._copies


def _described(
    local: Path,
    path: str,
    metadata: dict[str, Any] | None,
    hashed: Callable[[Path], tuple[int, str]] = hashed,
) -> File:
    size, sha256 = hashed(local)
    return File(path, size, sha256, metadata=checked_metadata(metadata) or None)


def _by_content(path: str, sha256: str) -> str:
    """The path, its name up to the first dot replaced by 20 digits of the content's digest."""
    folder, slash, name = path.rpartition("/")
    _, dot, suffix = name.partition(".")
    return f"{folder}{slash}{sha256[:20]}{dot}{suffix}"
