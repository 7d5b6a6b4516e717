"""An artifact as bytes, its files included; encrypted, if whoever makes them has a key.

1. The body: eight bytes with the length of a JSON object, big end first; that object, which says
   everything of the artifact and its files; the contents of the stored files, in its order.
2. In the plain, ``graph-api artifact 1``, a line feed and the body's SHA-256 stand before the body.
3. With a key, ``graph-api artifact 1, encrypted``, a line feed and a nonce of 12 bytes stand before
   it, and it is AES-256-GCM, which vouches for that line, too. Nonces are made by chance, which is
   good for four billion with one key.
"""

import json
import secrets
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from graph_api.client.errors import (
    BadArgument,
    CannotRead,
    FileChanged,
    FileMissing,
    GraphApiError,
    PackageMissing,
    WrongKey,
)
from graph_api.client.file import File

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from graph_api.client.artifact import Artifact
    from graph_api.client.draft import Draft

_PLAIN = b"graph-api artifact 1\n"
_ENCRYPTED = b"graph-api artifact 1, encrypted\n"
_LENGTH, _DIGEST, _NONCE, _KEY = 8, 32, 12, 32
_ENTRY = ("path", "size", "sha256", "reference", "digest", "metadata")


def pack(said: Mapping[str, Any], draft: "Draft", key: bytes | None) -> bytes:
    """What is said of an artifact, and its files; FileChanged if one is another by now."""
    cipher = None if key is None else _cipher(key)
    entries = [{name: getattr(file, name) for name in _ENTRY} for file in draft.files]
    about = json.dumps({**said, "files": entries}, sort_keys=True).encode()
    contents = (_content(draft, file) for file in draft.files if file.sha256 is not None)
    body = b"".join([len(about).to_bytes(_LENGTH), about, *contents])
    if cipher is None:
        return b"".join([_PLAIN, sha256(body).digest(), body])
    nonce = secrets.token_bytes(_NONCE)
    try:
        return b"".join([_ENCRYPTED, nonce, cipher.encrypt(nonce, body, _ENCRYPTED)])
    except OverflowError as error:
        raise BadArgument(f"{len(body):,} bytes are too many to encrypt at once.") from error


def unpack(kind: "type[Artifact]", data: bytes, key: bytes | None) -> "Artifact":
    """The draft that :func:`pack` made bytes of; CannotRead, WrongKey."""
    body = _plain(data) if key is None else _decrypted(data, _cipher(key))
    try:
        return _made(kind, body)
    except GraphApiError:
        raise
    # Whoever made these bytes may have said anything.
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise _cannot(f"what they say is none ({error})") from error


def _made(kind: "type[Artifact]", body: bytes) -> "Artifact":
    end = _LENGTH + int.from_bytes(body[:_LENGTH])
    said: dict[str, Any] = json.loads(body[_LENGTH:end])
    entries: list[dict[str, Any]] = said.pop("files")
    made = kind(**said)
    for entry in entries:
        path, size, about = entry["path"], entry["size"], entry["metadata"]
        if entry["sha256"] is None:
            # Without a digest, it would be asked for over the network.
            digest = str(entry["digest"])
            made.add_reference(entry["reference"], path, size=size, digest=digest, metadata=about)
        else:
            content = body[end : end + size]
            if len(content) != size:
                raise ValueError(f"{path!r} is not whole")
            made.add(content, path, metadata=about)
            end += size
    if end != len(body):
        raise ValueError(f"{len(body) - end:,} bytes are left over")
    return made


def _content(draft: "Draft", file: File) -> bytes:
    local = draft.local(file.path)
    try:
        content = local.read_bytes()
    except FileNotFoundError as error:
        raise FileMissing(local) from error
    if sha256(content).hexdigest() != file.sha256:
        raise FileChanged(file.path)
    return content


def _plain(data: bytes) -> bytes:
    if data.startswith(_ENCRYPTED):
        raise _cannot("they are encrypted", "Pass key=… with the key that they were made with.")
    start = len(_PLAIN) + _DIGEST
    body = data[start:]
    if not data.startswith(_PLAIN) or sha256(body).digest() != data[len(_PLAIN) : start]:
        raise _cannot("they are not what to_bytes() made")
    return body


def _decrypted(data: bytes, cipher: "AESGCM") -> bytes:
    from cryptography.exceptions import InvalidTag

    # Nobody but the owner of the key can have made what they expect to be theirs.
    if not data.startswith(_ENCRYPTED):
        raise _cannot("they are not encrypted", "Leave the key out if you trust whoever made them.")
    start = len(_ENCRYPTED) + _NONCE
    try:
        return cipher.decrypt(data[len(_ENCRYPTED) : start], data[start:], _ENCRYPTED)
    # The others are of too few bytes, or too many.
    except (InvalidTag, ValueError, OverflowError) as error:
        raise WrongKey from error


def _cipher(key: bytes) -> "AESGCM":
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError as error:
        raise PackageMissing(
            "cryptography", "An encrypted artifact", "graph-api[cryptography]"
        ) from error
    # What else it may be, a password perhaps, is told nobody.
    with suppress(TypeError):
        if len(key) == _KEY:
            return AESGCM(key)
    raise BadArgument(f"A key is {_KEY} bytes.", "secrets.token_bytes(32) makes one.")


def _cannot(reason: str, next_step: str | None = None) -> CannotRead:
    return CannotRead("The bytes of an artifact", reason, next_step)
