"""Integrations: stored credentials, by which the service signs URLs of what references name."""

import re
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr

from graph_api.errors import BadInput
from graph_api.models.instant import Instant

# The version at the end is written as the tools of S3 do; nothing else of a key is special.
_URI = re.compile(r"(?i:s3)://([^/]+)/(.*?)(?:\?versionId=([\w.+~-]+))?", re.DOTALL)
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}")
_HOST = re.compile(r"[a-z0-9.\[\]:-]+")
_REGION = re.compile(r"[A-Za-z0-9-]{1,64}")
# A slash would end the key's place in what is signed.
_ACCESS_KEY = re.compile(r"[!-.0-~]{1,256}")
_SECRET_KEY = re.compile(r"[!-~]{1,256}")
_OWN_PORTS = {"https": ":443", "http": ":80"}


class Place(NamedTuple):
    """An object of S3 that a reference names; its key is taken as it is."""

    bucket: str
    key: str
    version: str | None

    @classmethod
    def of(cls, uri: str) -> Self | None:
        """The object; None for what is none of S3, for a prefix, and for what is never signed.

        HTTP clients rewrite an address with a part ``.`` or ``..`` before they send it.
        """
        found = _URI.fullmatch(uri)
        if found is None or not found[2] or found[2].endswith("/"):
            return None
        if not {".", ".."}.isdisjoint(found[2].split("/")):
            return None
        return cls(found[1], found[2], found[3])


class Options(BaseModel, frozen=True):
    """Where a credential leads, and what it is."""

    bucket: str
    prefix: str
    """Empty, or with a slash at its end: ``data/`` has ``data/a`` and not ``data2/a``."""
    endpoint: str
    """``https://host`` or ``http://host:port``."""
    region: str
    access_key: str
    secret_key: SecretStr

    @classmethod
    def checked(
        cls,
        bucket: str,
        prefix: str,
        endpoint: str | None,
        region: str,
        access_key: str,
        secret_key: str,
    ) -> Self:
        """The options; BadInput, without the secret, where they cannot be."""
        if not _BUCKET.fullmatch(bucket):
            raise BadInput(f"bucket is {bucket[:120]!r}, which no bucket is called.")
        if not _REGION.fullmatch(region):
            raise BadInput(f"region is {region[:120]!r}; write it like us-east-1.")
        if not _ACCESS_KEY.fullmatch(access_key):
            raise BadInput(f"accessKey is {access_key[:120]!r}, which is no id of an access key.")
        if not _SECRET_KEY.fullmatch(secret_key):
            raise BadInput(
                f"secretKey has {len(secret_key)} characters; it has 1 to 256, without spaces and "
                "line breaks."
            )
        return cls(
            bucket=bucket,
            prefix=_prefix(prefix),
            endpoint=_endpoint(endpoint or f"https://s3.{region}.amazonaws.com"),
            region=region,
            access_key=access_key,
            secret_key=SecretStr(secret_key),
        )

    def shown(self) -> dict[str, str]:
        """All but the secret."""
        return self.model_dump(exclude={"secret_key"})


class Integration(BaseModel, frozen=True):
    """A stored credential of a project, whose secret is sealed."""

    id: str
    project_id: str
    name: str
    bucket: str
    prefix: str
    endpoint: str
    region: str
    access_key: str
    sealed: str = Field(repr=False)
    created_at: Instant
    created_by: str
    updated_at: Instant
    updated_by: str

    def covers(self, place: Place) -> bool:
        """Whether it signs for the object."""
        return place.bucket == self.bucket and place.key.startswith(self.prefix)


def _prefix(prefix: str) -> str:
    parts = prefix.removesuffix("/").split("/") if prefix else []
    if {"", ".", ".."}.intersection(parts) or len(prefix.encode()) > 1024:
        raise BadInput(
            f"prefix is {prefix[:120]!r}; write it like folder/ or folder/inner/, without empty "
            "parts, `.` and `..`, in at most 1,024 bytes."
        )
    return "".join(f"{part}/" for part in parts)


def _endpoint(endpoint: str) -> str:
    """The address as clients send its host: in lower case, without the scheme's own port."""
    scheme, _, host = endpoint.rstrip("/").lower().partition("://")
    try:
        whole = urlsplit(f"{scheme}://{host}")
        known = scheme in _OWN_PORTS and bool(whole.hostname) and whole.port != 0
    except ValueError:
        known = False
    if not known or not _HOST.fullmatch(host):
        # An address may have a password in it, which is not to be repeated.
        raise BadInput("endpoint is no address like https://s3.example.org or http://host:9000.")
    return f"{scheme}://{host.removesuffix(_OWN_PORTS[scheme])}"
