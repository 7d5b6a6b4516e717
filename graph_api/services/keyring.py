"""Secrets at rest: sealed by AES-256-GCM, so that the graph alone tells nobody what they are.

A sealed text is ``<name>.<base64 of nonce and ciphertext>``. The name is the beginning of the key's
SHA-256, by which the right one of several keys is found. Whose secret it is goes into the seal, so
that one which is moved to another node does not open there.
"""

import base64
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from graph_api.blobs.secret import kept
from graph_api.errors import EncryptionKeyMissing
from graph_api.settings import Settings

# What AES-GCM is made for; of a random nonce a key seals 2^32 secrets safely.
_NONCE = 12
_KEY = 32


@dataclass(frozen=True, repr=False)
class Keyring:
    """The keys of a service: the first seals, and each opens what it has sealed."""

    given: tuple[bytes, ...]
    """Those of the settings, the newest first."""
    file: Path | None
    """Where this machine keeps one of its own, from the first secret on; None where several
    machines may serve."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The keys of these settings. Like the folder store's own secret, one can lie beside it."""
        file = None if settings.s3_endpoint else settings.data / "encryption.key"
        return cls(settings.keys_of_encryption(), file)

    def seal(self, secret: str, owner: str) -> str:
        """The secret of the owner of this id, sealed; EncryptionKeyMissing without a key."""
        key = self._first()
        nonce = os.urandom(_NONCE)
        sealed = nonce + AESGCM(key).encrypt(nonce, secret.encode(), owner.encode())
        return f"{_name(key)}.{base64.b64encode(sealed).decode()}"

    def open(self, sealed: str, owner: str) -> str | None:
        """The secret; None where no key opens it, or it was sealed for another."""
        name, _, text = sealed.partition(".")
        for key in self._all():
            if _name(key) == name:
                try:
                    data = base64.b64decode(text, validate=True)
                    opened = AESGCM(key).decrypt(data[:_NONCE], data[_NONCE:], owner.encode())
                except (InvalidTag, ValueError):
                    return None
                return opened.decode()
        return None

    def is_newest(self, sealed: str) -> bool:
        """Whether it was sealed by the key that seals now."""
        keys = self._all()
        return bool(keys) and name_of(sealed) == _name(keys[0])

    def _first(self) -> bytes:
        if self.given:
            return self.given[0]
        key = kept(self.file) if self.file else b""
        if len(key) != _KEY:
            raise EncryptionKeyMissing
        return key

    def _all(self) -> tuple[bytes, ...]:
        try:
            own = self.file.read_bytes() if self.file else b""
        except FileNotFoundError:
            own = b""
        return (*self.given, own) if len(own) == _KEY else self.given


def name_of(sealed: str) -> str:
    """The name of the key that sealed it."""
    return sealed.partition(".")[0]


def _name(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:8]
