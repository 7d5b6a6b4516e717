"""One file of an artifact, and the rules for its path."""

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BufferedReader, FileIO
from json import dumps
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from graph_api.client.errors import BadArgument, BadPath, FileMissing, NotLogged

_SCHEME = "graph-api://"
_SHA256, _ETAG = "sha256:", "etag:"
# Bytes that are in memory at once.
SMALL = 1 << 20
_WINDOWS_SIGNS = re.compile(r'[<>:"|?*]')
_WINDOWS_NAMES = re.compile(
    r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE | re.ASCII
)


@dataclass(frozen=True, slots=True)
class File:
    """An entry of a manifest: stored bytes, or a reference to bytes elsewhere."""

    path: str
    size: int | None
    """Bytes; None where a reference does not say."""
    sha256: str | None = None
    """Lower-case hexadecimal; None for a reference."""
    reference: str | None = None
    """URI of bytes that the service does not store."""
    digest: str | None = None
    """What the reference's own store calls its content: ``sha256:…``, ``etag:…``, or its own."""
    metadata: dict[str, Any] | None = field(default=None, hash=False)
    url: str | None = field(default=None, repr=False, compare=False)
    """Signed address of the bytes; it expires. Of a reference: where the service signs for it."""
    artifact: str | None = field(default=None, repr=False, compare=False)
    """Id of the version that it was read from."""

    @property
    def uri(self) -> str:
        """What another artifact's reference to this file says; NotLogged for one of a draft."""
        if self.reference is not None:
            return self.reference
        if self.artifact is None:
            raise NotLogged(repr(self.path))
        return f"{_SCHEME}{self.artifact}/{quote(self.path)}"

    @property
    def source(self) -> tuple[str, str] | None:
        """Id and path of the artifact's file that this refers to; None if it refers elsewhere."""
        if self.reference is None or not self.reference.startswith(_SCHEME):
            return None
        artifact, _, path = self.reference.removeprefix(_SCHEME).partition("/")
        return artifact, unquote(path)

    @property
    def can_be_signed(self) -> bool:
        """Whether it is a reference for which the project may have an integration."""
        return self.reference is not None and self.reference.lower().startswith("s3://")

    @property
    def checksum(self) -> str | None:
        """SHA-256 of the bytes: of those that are stored, and of a reference that says it."""
        return self.sha256 or _said(self.digest, _SHA256)

    @property
    def etag(self) -> str | None:
        """What the server of a reference called its bytes; None if it said nothing."""
        return _said(self.digest, _ETAG)


def same(one: File | None, other: File) -> bool:
    """Whether both say the same, as JSON has it: to Python, True is 1."""
    if one != other or one is None:
        return False
    return one.metadata is None or dumps(one.metadata, sort_keys=True) == dumps(
        other.metadata, sort_keys=True
    )


FILE = "path size sha256 reference digest metadata"


def file_of(data: dict[str, Any], artifact: str) -> File:
    """The file of the version that GraphQL describes."""
    size = data["size"]
    return File(
        path=data["path"],
        size=None if size is None else int(size),
        sha256=data["sha256"],
        reference=data["reference"],
        digest=data["digest"],
        metadata=data["metadata"],
        url=data.get("downloadUrl"),
        artifact=artifact,
    )


def sources(files: Iterable[File]) -> list[str]:
    """Ids of the artifacts whose files these refer to."""
    return list(dict.fromkeys(file.source[0] for file in files if file.source is not None))


def by_sha256(sha256: str) -> str:
    """The digest of a reference to bytes with this SHA-256."""
    return _SHA256 + sha256


def by_etag(etag: str) -> str:
    """The digest of a reference to bytes that their server calls so, without the quotes."""
    return _ETAG + etag


def by_uri(uri: str) -> str:
    """The digest of a reference of which nothing is known: other bytes under it go unnoticed."""
    return f"uri-sha256:{hashlib.sha256(uri.encode()).hexdigest()}"


def _said(digest: str | None, kind: str) -> str | None:
    return digest.removeprefix(kind) if digest is not None and digest.startswith(kind) else None


def checked(path: str, *, windows: bool = os.name == "nt") -> str:
    """The path in Unicode NFC; :class:`BadPath` unless it stays within any folder it is put in."""
    path = unicodedata.normalize("NFC", path)
    if not path:
        raise BadPath(path, "is empty")
    if path.startswith("/"):
        raise BadPath(path, "is absolute")
    if "\\" in path or any(unicodedata.category(sign) in ("Cc", "Cs") for sign in path):
        raise BadPath(path, "contains a backslash or a control character")
    for part in path.split("/"):
        if part in ("", ".", ".."):
            raise BadPath(path, f"has the part {part!r}")
        if windows and (
            _WINDOWS_SIGNS.search(part) or _WINDOWS_NAMES.fullmatch(part) or part[-1] in ". "
        ):
            raise BadPath(path, f"has the part {part!r}, which Windows cannot hold")
    return path


def hashed(local: Path) -> tuple[int, str]:
    """Size and SHA-256 of a local file, read once in flat memory."""
    try:
        with local.open("rb", buffering=0) as stream:
            size, digest = digested(stream, os.fstat(stream.fileno()))
            return size, digest.hex()
    except FileNotFoundError as error:
        raise FileMissing(local) from error


def digested(stream: FileIO | BufferedReader, found: os.stat_result) -> tuple[int, bytes]:
    """Bytes and SHA-256 of an open file with this stat, from its beginning."""
    # A buffer for a file of 3 kB takes longer than the file.
    if is_small(found):
        data = stream.read(SMALL + 1)
        # Some files are longer than their stat says, or come in pieces.
        if len(data) == found.st_size:
            return len(data), hashlib.sha256(data).digest()
        stream.seek(0)
    digest = hashlib.file_digest(stream, "sha256")
    return stream.tell(), digest.digest()


def is_small(found: os.stat_result) -> bool:
    """Whether a file with this stat takes longer to open than to read."""
    return stat.S_ISREG(found.st_mode) and found.st_size <= SMALL


def inner(folder: Path) -> list[str]:
    """Paths of all files below the folder, relative, with ``/``, sorted."""
    found: list[str] = []
    for parent, folders, names in os.walk(folder):
        for name in folders:
            if Path(parent, name).is_symlink():
                raise BadArgument(
                    f"{Path(parent, name)} is a symbolic link to a folder, which is not followed.",
                    "Add that folder by itself, with its own prefix.",
                )
        inside = Path(parent).relative_to(folder).as_posix()
        prefix = "" if inside == "." else f"{inside}/"
        found += [prefix + name for name in names]
    return sorted(found)
