"""The files of an artifact that is not logged yet."""

import shutil
import tempfile
import weakref
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, BinaryIO, Protocol, cast

from graph_api.client import index, objects
from graph_api.client.errors import BadArgument, BadPath, FileMissing, PathTaken, Sealed
from graph_api.client.file import File, checked, hashed, inner, same
from graph_api.client.metadata import checked_metadata
from graph_api.client.parallel import each, lightly

# Given files of which it is not known what they were; then a listing takes no longer.
_MANY = 20
# What differs from a version, times this, is at most what there is.
_LITTLE = 10


class Base(Protocol):
    """The version that a draft begins with. It may have a million files, so it is not listed."""

    @property
    def id(self) -> str: ...

    def known(self) -> list[File]:
        """All files."""
        ...

    def find(self, path: str) -> File | None:
        """The file of this path, if there is one."""
        ...

    def fetch(self, file: File, sink: BinaryIO) -> None:
        """Write the bytes of a file."""
        ...


class Draft:
    """Local files under the paths that they will have. Streams are copied, files are not."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._given: dict[str, File] = {}
        self._local: dict[str, Path] = {}
        self._base: Base | None = None
        self._removed: set[str] = set()
        # What is known of the version that it begins with.
        self._before: dict[str, File | None] = {}
        # What files are there that have another path by now.
        self._origins: dict[str, File] = {}
        self._whole = True
        self.over = False
        """Whether all files were given, though it begins with a version."""
        self._copies: Path | None = None
        self._sealed = False

    def begin_with(self, base: Base) -> None:
        """Have the files of a version, whose bytes are fetched should they be needed."""
        self._base, self._whole = base, False
        # Now, because several threads may fetch.
        self._copies_folder()

    def begin_over(self, base: Base) -> None:
        """Be told by what differs from a version, if that is little: all files were given."""
        before = _listed(base)
        removed = before.keys() - self._given.keys()
        changed = {
            path: file for path, file in self._given.items() if not same(before.get(path), file)
        }
        if _LITTLE * (len(changed) + len(removed)) <= len(self._given):
            self._base, self._whole, self.over = base, False, True
            self._given, self._removed = changed, removed
            self._before |= before

    @property
    def given(self) -> Mapping[str, File]:
        """What was added, by path; of a version that it begins over, what differs from that."""
        return self._given

    @property
    def base(self) -> str | None:
        """Id of the version that is to be told it begins with."""
        return None if self._whole or self._base is None else self._base.id

    def tell_all(self) -> None:
        """Give all files instead: the service has the version no longer."""
        self._whole = True

    @property
    def files(self) -> list[File]:
        """What it has, by path."""
        files = self._given
        if self._base is not None:
            before = _listed(self._base)
            self._before |= before
            files = {path: it for path, it in before.items() if path not in self._removed} | files
        return _sorted(files.values())

    @property
    def changed(self) -> list[File]:
        """Those that are to be given to the service."""
        if self.base is None or self._base is None:
            return self.files
        if len(self._given.keys() - self._before.keys()) > _MANY:
            self._before |= _listed(self._base)
        return _sorted(it for it in self._given.values() if not same(self._before.get(it.path), it))

    @property
    def removed(self) -> list[str]:
        """Paths that only the version may have with which it begins."""
        return [] if self.base is None else sorted(self._removed)

    def local(self, path: str) -> Path:
        """Where the bytes of a stored file lie; those of a version are fetched first."""
        if path not in self._local and self._base is not None:
            file = self._origins.get(path) or self._given.get(path) or self._had(path)
            assert file
            with self._copy() as copy:
                self._base.fetch(file, cast("BinaryIO", copy))
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
            small = dict(zip(found, lightly(found.values(), known.lightly), strict=True))
            big = [path for path, digest in small.items() if digest is None]
            digests = zip(big, each(big, lambda path, _: known.hashed(found[path])), strict=True)
            hashed = small | dict(digests)
        return [
            self._put(File(path, *digest), found[path]) for path, digest in hashed.items() if digest
        ]

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
        if self._get(path) is None:
            raise BadPath(path, "is not in the artifact")
        if self._base is not None:
            self._removed.add(path)
        self._given.pop(path, None)
        self._local.pop(path, None)

    def rename(self, path: str, to: str, *, overwrite: bool) -> File:
        file = self._get(path)
        if file is None:
            raise BadPath(path, "is not in the artifact")
        if path == (to := checked(to)):
            return file
        self._check(to, overwrite=overwrite)
        local, origin = self._local.get(path), self._origins.get(path, file)
        self.remove(path)
        renamed = self._put(replace(file, path=to), local)
        self._origins[to] = origin
        return renamed

    def _check(self, path: str, *, overwrite: bool) -> None:
        if self._sealed:
            raise Sealed(self._name)
        if not overwrite and self._get(path) is not None:
            raise PathTaken(path)

    def _get(self, path: str) -> File | None:
        return self._given.get(path) or (None if path in self._removed else self._had(path))

    def _had(self, path: str) -> File | None:
        """The file of the version that it begins with."""
        if path not in self._before and self._base is not None:
            found = self._base.find(path)
            self._before[path] = found and _plain(found)
        return self._before.get(path)

    def _put(self, file: File, local: Path | None) -> File:
        self._given[file.path] = file
        self._removed.discard(file.path)
        self._origins.pop(file.path, None)
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


def _listed(base: Base) -> dict[str, File]:
    """The files of a version by path, as those of a draft."""
    return {file.path: _plain(file) for file in base.known()}


def _sorted(files: Iterable[File]) -> list[File]:
    return sorted(files, key=lambda file: file.path.encode())


def _plain(file: File) -> File:
    """The file as one of a draft."""
    return replace(file, url=None, artifact=None)


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
