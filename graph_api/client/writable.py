"""What of a draft can be changed: the files that it will have."""

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from io import BytesIO
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from graph_api.client import remote
from graph_api.client.draft import Draft
from graph_api.client.errors import NameMissing, NotADraft
from graph_api.client.file import File, by_sha256
from graph_api.client.metadata import checked_metadata
from graph_api.client.readable import PathLike


class Writable:
    """Something with files that can be added to until it is logged; then it is NotADraft."""

    _draft: Draft | None

    def add(
        self,
        source: object,
        name: str | None = None,
        *,
        metadata: Mapping[str, Any] | None = None,
        overwrite: bool = False,
    ) -> None:
        """Add a file, a folder, bytes, an open stream (which is read to its end, now) or an object.

        ``name`` is the path in the artifact; files and folders have their own, the rest needs one.
        How that of an object ends says its format: see :meth:`add_object`.
        """
        if isinstance(source, (str, os.PathLike)):
            local = cast("PathLike", source)
            if os.path.isdir(local):
                self.add_dir(local, name, overwrite=overwrite)
            else:
                self.add_file(local, name, metadata=metadata, overwrite=overwrite)
            return
        if name is None:
            raise NameMissing(type(source).__name__)
        stream = BytesIO(source) if isinstance(source, (bytes, bytearray)) else source
        # A DataFrame may have a column of this name.
        if callable(getattr(stream, "read", None)):
            about = checked_metadata(metadata) or None
            stream = cast("BinaryIO", stream)
            self._writable().add_stream(stream, name, about, overwrite=overwrite)
        else:
            self.add_object(source, name, metadata=metadata, overwrite=overwrite)

    def add_object(
        self,
        thing: object,
        name: str,
        *,
        metadata: Mapping[str, Any] | None = None,
        overwrite: bool = False,
    ) -> File:
        """Save an object, in the format that the name's suffix says; ``get`` gives it back.

        ``.parquet`` is for a pandas DataFrame or a pyarrow Table, ``.npy`` for a numpy array,
        ``.png`` for an image of Pillow, ``.safetensors`` for a dict of numpy arrays or of PyTorch's
        tensors, ``.onnx`` for an ONNX model, ``.json`` for lists and dicts, ``.skops`` for an
        estimator of scikit-learn, or whatever else skops takes. CannotSave, a ValueError, for any
        other name, and for what the format cannot hold; PackageMissing names what to install.
        """
        about = checked_metadata(metadata) or None
        return self._writable().add_object(thing, name, about, overwrite=overwrite)

    def add_file(
        self,
        path: PathLike,
        name: str | None = None,
        *,
        metadata: Mapping[str, Any] | None = None,
        overwrite: bool = False,
        is_tmp: bool = False,
    ) -> File:
        """Add a local file, under its own name or another; it must not change until logged.

        ``is_tmp`` names it after its content, so that it meets no other: ``logs/run.txt`` becomes
        ``logs/<20 digits of its SHA-256>.txt``.
        """
        local = Path(path)
        return self._writable().add_file(
            local,
            name or local.name,
            checked_metadata(metadata) or None,
            overwrite=overwrite,
            is_tmp=is_tmp,
        )

    def add_dir(
        self, path: PathLike, prefix: str | None = None, *, overwrite: bool = False
    ) -> None:
        """Add every file below a folder, at the root of the artifact or below ``prefix``."""
        self._writable().add_dir(Path(path), prefix, overwrite=overwrite)

    def new_file(
        self, name: str, mode: str = "w", *, encoding: str | None = None, overwrite: bool = False
    ) -> AbstractContextManager[IO[Any]]:
        """A new file to write to: ``with artifact.new_file("notes.txt") as file: …``.

        It is added when the block ends without an exception. ``mode`` is ``w`` (UTF-8, if no
        other encoding is named) or ``wb``.
        """
        if mode == "w":
            encoding = encoding or "utf-8"
        return self._writable().new_file(name, mode, encoding, overwrite=overwrite)

    def add_reference(
        self,
        uri: str | File,
        name: str | None = None,
        *,
        checksum: bool = True,
        max_objects: int | None = None,
        collapse: bool = False,
        size: int | None = None,
        digest: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        overwrite: bool = False,
    ) -> list[File]:
        """Name bytes that stay where they are; the entries that were added.

        This machine asks for size (bytes) and digest, with its own credentials: of ``http(s)://``
        the Content-Length and ETag, of ``s3://``, ``gs://`` and ``az://`` the same and the object's
        version, of ``file://`` the size and SHA-256. Of other schemes nothing is known: the digest
        is a hash of the URI, and other bytes under it go unnoticed. So it is with
        ``checksum=False``, which asks nothing (and reads of ``file://`` the sizes alone); and who
        gives ``size`` or ``digest`` (``sha256:…``, ``etag:…``) says what would be asked.

        A prefix of a bucket or a folder becomes an entry for each object below it, by its path
        there, below ``name``. TooManyObjects, a ValueError, if there are more than
        ``max_objects`` (left out: 10,000 in a bucket, any number in a folder); with ``collapse``
        a warning, and one entry that stands for all.

        A file of another artifact, from its ``get_path``, has its own digest; once this one is
        logged, it is linked to that artifact as its "reference".
        """
        about = checked_metadata(metadata) or None

        def find() -> list[File]:
            if isinstance(uri, File):
                said = by_sha256(uri.sha256) if uri.sha256 else uri.digest
                return remote.told(uri.uri, name, about, uri.size, said)
            if size is not None or digest is not None:
                return remote.told(uri, name, about, size, digest)
            return remote.look(
                uri, name, about, checksum=checksum, max_objects=max_objects, collapse=collapse
            )

        return self._writable().add_references(find, overwrite=overwrite)

    def remove(self, name: str) -> None:
        """Take a file out of the draft."""
        self._writable().remove(name)

    def rename(self, name: str, to: str, *, overwrite: bool = False) -> File:
        """Give a file of the draft another path. What the service has is not sent again."""
        return self._writable().rename(name, to, overwrite=overwrite)

    def _writable(self) -> Draft:
        if self._draft is None:
            raise NotADraft(str(self))
        return self._draft
