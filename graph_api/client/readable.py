"""What of a logged version can be read: its files, one by one or into a folder."""

import os
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from graph_api.client.content import Content
from graph_api.client.difference import Difference
from graph_api.client.entity import Entity
from graph_api.client.errors import NotLogged
from graph_api.client.file import File, sources

if TYPE_CHECKING:
    from graph_api.client.artifact import Artifact

PathLike = str | os.PathLike[str]


class Readable(Entity):
    """An entity with files; to read those of a draft is NotLogged."""

    def __init__(self) -> None:
        self._content: Content | None = None
        self._folder: Path | None = None

    def files(self, glob: str | None = None) -> list[File]:
        """The files of a logged artifact, sorted by path.

        With a pattern, those that fit: ``*`` and ``?`` stand for signs within a part of a path,
        ``[ab]`` for one of some, a part ``**`` for any number of parts.
        """
        return list(self._read().files() if glob is None else self._read().fitting(glob))

    def diff(self, since: "Artifact | str | None" = None) -> Iterator[Difference]:
        """The files in which this version differs from an earlier (or any other) one, by path.

        ``since`` is that version, or a reference to it; None: the one before it in its collection.
        What both have in common is not read.
        """
        other = self.client.artifact(since) if isinstance(since, str) else since
        return self._read().differences(None if other is None else other.id)

    def get(self, path: str, *, trusted: Sequence[str] = (), trust_pickle: bool = False) -> Any:
        """The object in one file, verified; ``artifact[path]`` is the same.

        The suffix says the format, whoever wrote the file: see ``add_object``. A ``.parquet`` that
        pandas wrote is a DataFrame, else a pyarrow Table; a ``.safetensors`` that says that it is
        PyTorch's has tensors, else numpy arrays. CannotRead, a ValueError, for other files.

        ``trusted`` names types in a ``.skops`` beyond those that skops knows to be harmless;
        UntrustedTypes tells them. A ``.pkl``, which can run any code, is loaded only with
        ``trust_pickle``, and with a warning.
        """
        return self._read().object(path, trusted, trust_pickle=trust_pickle)

    def __getitem__(self, path: str) -> Any:
        return self.get(path)

    # Else Python would ask for the objects 0, 1, 2, …
    __iter__ = None

    def get_path(self, name: str) -> File:
        """One file of a logged artifact."""
        return self._read().get(name)

    def download(
        self, root: PathLike | None = None, *, recursive: bool = False, references: bool = True
    ) -> Path:
        """Put all files into ``root`` and return it; other files there stay.

        Left out, it is ``./artifacts/<name>:<version>`` (``<name>-<version>`` on Windows, which
        has no ``:`` in names). Files that are right already are not fetched, nor is what this
        machine still has of earlier downloads. All bytes are verified before the first file is
        put in its place, so that on an error nothing has changed.

        References are fetched by this machine, with its own credentials unless an integration of
        the project signs for them, and compared with what was logged: SHA-256, ETag, version and
        size, as far as they are known. RemoteChanged if they differ, OnlyAReference for a scheme
        that nothing here can fetch; ``references=False`` leaves them out. With ``recursive``, the
        artifacts whose files they refer to are downloaded too, each into its own default folder.
        """
        self._warn()
        self._folder = self._read().materialize(root, exact=False, references=references)
        if recursive:
            for source in sources(self.files()):
                self.client.artifact(source).download(recursive=True, references=references)
        return self._folder

    def checkout(self, root: PathLike | None = None, *, references: bool = True) -> Path:
        """Like :meth:`download`, and remove every file in ``root`` that is not in the artifact."""
        self._warn()
        self._folder = self._read().materialize(root, exact=True, references=references)
        return self._folder

    def download_local_path(self) -> Path | None:
        """The folder that this object was last downloaded into; None if it was not."""
        return self._folder

    def verify(self, root: PathLike | None = None) -> Path:
        """Compare ``root`` with the artifact, file by file, and return it.

        Raises VerificationFailed, a ValueError, if a file differs, is missing or is not part of
        it. References are not looked at. Without a ``root``, it is downloaded first.
        """
        return self._read().verify(root)

    def file(self, root: PathLike | None = None) -> Path:
        """Download an artifact of one file; the path of that file. ValueError if it has more."""
        return self._read().only_file(root)

    def open(self, path: str) -> BinaryIO:
        """One file, open for reading. It was fetched and verified, and goes when it is closed."""
        return self._read().open(path)

    def load(self, path: str) -> BytesIO:
        """One file, verified, in memory."""
        return self._read().load(path)

    def zip(self, path: PathLike) -> Path:
        """Write all files as one zip to ``path``, verified."""
        return self._read().zip(path)

    def _warn(self) -> None:
        """Say what whoever downloads it should know."""

    def _read(self) -> Content:
        if self._content is None:
            raise NotLogged(str(self))
        return self._content
