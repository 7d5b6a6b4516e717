"""The one place where the service reads the environment.

Every setting is an environment variable with the prefix ``GRAPH_API_``, or a line in the file
``graph-api.env`` of the working directory (the environment wins).
"""

import base64
import binascii
import os
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from platformdirs import user_cache_path
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_CONFIG = SettingsConfigDict(
    env_prefix="GRAPH_API_", env_file="graph-api.env", extra="ignore", frozen=True
)


def _listed(value: object) -> object:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _origin(value: str) -> str:
    url = urlsplit(value)
    if (
        url.scheme not in ("http", "https")
        or not url.netloc
        or value != f"{url.scheme}://{url.netloc.lower()}"
    ):
        raise ValueError(
            f"{value!r} is no origin like https://lineage.example.org or http://h:3000"
        )
    return value


def _key(value: SecretStr) -> SecretStr:
    # The message must not have the key, not even a wrong one.
    if len(_bytes(value)) != 32:
        raise ValueError(
            "a key is 32 bytes in base64, and one of these is not; `openssl rand -base64 32` "
            "makes one."
        )
    return value


def _bytes(value: SecretStr) -> bytes:
    try:
        return base64.b64decode(value.get_secret_value(), validate=True)
    except (binascii.Error, ValueError):
        return b""


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
"""Words that commas or spaces part."""
Origins = Annotated[
    tuple[Annotated[str, AfterValidator(_origin)], ...], NoDecode, BeforeValidator(_listed)
]
"""Origins of pages, as browsers write them."""
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_listed)]
"""Networks of IP, as `10.0.0.0/8`."""
Keys = Annotated[
    tuple[Annotated[SecretStr, AfterValidator(_key)], ...], NoDecode, BeforeValidator(_listed)
]
"""Keys of 32 bytes in base64."""


class Limits(BaseSettings):
    """How much a caller may ask for or hand in."""

    model_config = _CONFIG

    name_length: int = Field(default=100, ge=1, description="Longest name, in characters.")
    metadata_keys: int = Field(
        default=100, ge=1, description="Most top-level keys of a metadata object."
    )
    metadata_bytes: int = Field(
        default=256 * 1024, ge=1, description="Largest metadata object, in bytes of canonical JSON."
    )
    where_conditions: int = Field(
        default=100, ge=1, description="Most conditions of a list's filter."
    )
    where_depth: int = Field(
        default=10, ge=1, le=50, description="Deepest nesting of `and`, `or`, `not` in a filter."
    )
    part_bytes: int = Field(
        default=64 << 20,
        ge=5 << 20,
        le=5 << 30,
        description="Largest file that is uploaded by one request, in bytes; what is larger goes "
        "up in parts of this size.",
    )
    draft_seconds: int = Field(
        default=7 * 86_400,
        ge=1,
        description="How long a draft may wait for its commit after files were last added, in "
        "seconds; then the sweep removes it.",
    )
    trash_seconds: int = Field(
        default=7 * 86_400,
        ge=0,
        description="How long a deleted version can be restored, in seconds; then the sweep takes "
        "its bytes.",
    )
    document_tokens: int = Field(
        default=10_000, ge=1, description="Most tokens of a GraphQL document."
    )
    document_depth: int = Field(
        default=20, ge=1, description="Deepest nesting of fields in a GraphQL document."
    )
    document_fields: int = Field(
        default=1_000,
        ge=1,
        description="Most fields of a GraphQL document, every fragment in its place.",
    )
    document_aliases: int = Field(
        default=100, ge=0, description="Most aliases of a GraphQL document, so counted."
    )
    document_directives: int = Field(
        default=100, ge=0, description="Most directives of a GraphQL document, so counted."
    )
    document_fragments: int = Field(
        default=100, ge=0, description="Most fragments that a GraphQL document defines."
    )
    document_spreads: int = Field(
        default=200,
        ge=0,
        description="Most spreads of fragments in a GraphQL document, so counted.",
    )
    cost: int = Field(
        default=1_000_000,
        ge=1,
        description="Largest cost of a GraphQL operation: about the number of fields that it may "
        "have executed, told by its pages before any is.",
    )
    metric_points: int = Field(
        default=10_000, ge=1, description="Most points of metrics in one call."
    )


class Settings(Limits):
    """What an operator can choose."""

    host: str = Field(default="127.0.0.1", description="Address that the service listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port that the service listens on.")
    keys: bool = Field(
        default=False,
        description="Whether every request needs an API key; it must where the address is not a "
        "loopback one.",
    )
    workers: int = Field(default=1, ge=1, description="Processes that answer requests.")
    data: Path = Field(
        default=Path("data"), description="Folder of the managed Neo4j and the blobs."
    )

    cache: Path = Field(
        default=user_cache_path("graph-api"),
        description="Folder of downloads that all data folders share.",
    )

    neo4j_uri: str | None = Field(
        default=None, description="Address of a Neo4j 5.26+; given, none is managed."
    )
    neo4j_user: str = Field(default="neo4j", description="User of that Neo4j.")
    neo4j_password: SecretStr = Field(
        default=SecretStr("neo4j"), description="Password of that user."
    )
    neo4j_heap: str = Field(
        default="512m", description="Heap of the managed Neo4j, as Java's -Xmx."
    )
    maven_mirror: str | None = Field(
        default=None, description="Base address of a Maven repository to fetch Neo4j's jars from."
    )

    s3_endpoint: str | None = Field(
        default=None, description="Address of an S3 service; given, no folder holds the bytes."
    )
    s3_bucket: str = Field(default="graph-api", description="Bucket of the bytes; made if missing.")
    s3_access_key: str = Field(default="", description="S3 access key.")
    s3_secret_key: SecretStr = Field(default=SecretStr(""), description="S3 secret key.")
    s3_region: str = Field(default="us-east-1", description="S3 region.")
    s3_public_endpoint: str | None = Field(
        default=None, description="Address of the S3 service as clients reach it, where it differs."
    )

    encryption_keys: Keys = Field(
        default=(),
        description="Keys by which stored credentials are encrypted, each of 32 bytes in base64: "
        "the first encrypts, all of them decrypt. Left out: one that is made in the data folder, "
        "unless S3 holds the bytes.",
    )

    egress_allow: Networks = Field(
        default=(),
        description="Networks, like `10.0.0.0/8`, that webhooks may lead to although they are not "
        "the Internet's; also without TLS. Left out: none.",
    )

    body_bytes: int = Field(
        default=16 << 20, ge=1, description="Largest body of a GraphQL request, in bytes."
    )
    body_seconds: float = Field(
        default=30, gt=0, description="How long the body of a GraphQL request may take, in seconds."
    )
    head_bytes: int = Field(
        default=64 << 10, ge=1024, description="Longest address and headers of a request, in bytes."
    )
    head_seconds: float = Field(
        default=10,
        gt=0,
        description="How long the address and headers of a request may take, in seconds.",
    )
    concurrent_requests: int = Field(
        default=64, ge=1, description="Most GraphQL requests under way at once, per worker."
    )
    connections: int = Field(
        default=1_000, ge=1, description="Most WebSockets and event streams at once, per worker."
    )
    rate: float | None = Field(
        default=None,
        ge=0,
        description="Most requests of one user per second, per worker; ten seconds' worth may come "
        "at once. 0 is any number. Left out: any number without keys, else 100.",
    )
    allowed_hosts: Names = Field(
        default=(),
        description="Names by which clients reach the service, besides localhost. Left out: none "
        "without keys, else any.",
    )
    cors_origins: Origins = Field(
        default=(), description="Origins whose pages may use the service from a browser."
    )
    graphiql: bool = Field(default=True, description="Whether browsers get GraphiQL.")
    introspection: bool = Field(
        default=True, description="Whether `__schema` and `__type` are answered."
    )
    suggestions: bool = Field(
        default=True, description="Whether errors suggest names that may have been meant."
    )
    request_seconds: float = Field(
        default=60,
        gt=0,
        description="How long a GraphQL request may be executed, in seconds; then its statements "
        "are ended in the graph. More than `lineage_seconds`.",
    )
    trusted_documents: Path | None = Field(
        default=None,
        description="JSON file `{id: document}`, as build tools write it; given, no other GraphQL "
        "document is executed.",
    )
    newest_statuses: bool = Field(
        default=False,
        description="Whether `application/graphql-response+json` has the statuses of the newest "
        "draft of GraphQL over HTTP: 422 for what cannot be executed, 294 for a part of the data.",
    )

    sweep_seconds: float = Field(
        default=60, gt=0, description="Pause between two sweeps, in seconds."
    )
    url_seconds: int = Field(
        default=3600, ge=1, le=604800, description="How long a signed URL is good, in seconds."
    )
    heartbeat_seconds: float = Field(
        default=300,
        gt=0,
        description="Silence, in seconds, after which a run that had heartbeats is CRASHED.",
    )
    lineage_seconds: float = Field(
        default=30, gt=0, description="Longest lineage walk, in seconds, before it says TIMEOUT."
    )
    streams: int = Field(
        default=8,
        ge=1,
        description="Most lineage answers that are streamed at once, per worker; a user has a "
        "quarter of them. Each keeps the ids that it told in memory, 150 bytes each.",
    )
    stream_seconds: float = Field(
        default=600,
        gt=0,
        description="Longest walk of a streamed lineage answer, in seconds, before it says "
        "TIMEOUT.",
    )

    def keys_of_encryption(self) -> tuple[bytes, ...]:
        """The bytes of ``encryption_keys``."""
        return tuple(map(_bytes, self.encryption_keys))

    @property
    def loopback(self) -> bool:
        """Whether this machine alone can reach the service."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host.lower() == "localhost"

    @model_validator(mode="after")
    def _keys_beyond_loopback(self) -> Self:
        if not (self.keys or self.loopback):
            raise ValueError(
                f"GRAPH_API_HOST is {self.host}, which other machines may reach: set "
                "GRAPH_API_KEYS=true, so that only keys made by `graph-api keys create` let "
                "requests in, or listen on 127.0.0.1."
            )
        return self

    @model_validator(mode="after")
    def _secrets_with_an_endpoint(self) -> Self:
        if self.s3_endpoint and not (self.s3_access_key and self.s3_secret_key.get_secret_value()):
            raise ValueError(
                "GRAPH_API_S3_ENDPOINT is set: set GRAPH_API_S3_ACCESS_KEY and "
                "GRAPH_API_S3_SECRET_KEY, too."
            )
        return self

    def trusted(self) -> dict[str, str] | None:
        """The documents of ``trusted_documents`` by their ids, None where no file is named."""
        if self.trusted_documents is None:
            return None
        try:
            text = self.trusted_documents.read_bytes()
            return TypeAdapter(dict[str, str]).validate_json(text)
        except (OSError, ValueError) as error:
            raise ValueError(
                f"GRAPH_API_TRUSTED_DOCUMENTS names {self.trusted_documents}, which is no JSON "
                f"object of GraphQL documents by their ids: {error}"
            ) from error

    @model_validator(mode="after")
    def _trusted_documents_can_be_read(self) -> Self:
        self.trusted()
        return self

    @model_validator(mode="after")
    def _walks_end_before_requests(self) -> Self:
        # Else the walk's own deadline, which answers what was found so far, would never come.
        if self.request_seconds <= self.lineage_seconds:
            raise ValueError(
                f"GRAPH_API_REQUEST_SECONDS is {self.request_seconds:g}: set it above "
                f"GRAPH_API_LINEAGE_SECONDS, which is {self.lineage_seconds:g}."
            )
        return self


class BadSettings(ValueError):
    """Settings that the service cannot run with, each in a sentence."""

    def __init__(self, error: ValidationError) -> None:
        super().__init__("\n".join(_sentence(found) for found in error.errors()))


def chosen() -> Settings:
    """What the operator has chosen, or BadSettings."""
    try:
        return Settings()
    except ValidationError as error:
        raise BadSettings(error) from error


def _sentence(found: ErrorDetails) -> str:
    says = found["msg"].removeprefix("Value error, ")
    where = "".join(f"GRAPH_API_{str(name).upper()}: " for name in found["loc"][:1])
    return where + says


def child_environment(**extra: str) -> dict[str, str]:
    """The environment of this process and more, for a process that it starts."""
    return {**os.environ, **extra}  # noqa: TID251
