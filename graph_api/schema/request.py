"""Requests to the byte store in the schema: whoever holds one may make it until it ends."""

from datetime import datetime
from typing import Self

import strawberry

from graph_api.schema.context import Context
from graph_api.services import artifact, upload


@strawberry.type(description="A header that a request must send as it stands.")
class Header:
    name: str = strawberry.field(description="Its name.")
    value: str = strawberry.field(description="Its value.")


def _headers(signed: upload.SignedUrl) -> list[Header]:
    return [Header(name=name, value=text) for name, text in signed.headers.items()]


@strawberry.type(description="Where to send the bytes of one file, once.")
class Upload:
    method: str = strawberry.field(description="The HTTP method.")
    url: str = strawberry.field(description="The URL, signed for these bytes alone.")
    headers: list[Header] = strawberry.field(description="Headers that the signature covers.")
    expires_at: datetime = strawberry.field(
        description="When the URL ends, in UTC. Ask again for another."
    )

    @classmethod
    def of(cls, context: Context, url: upload.SignedUrl) -> Self:
        return cls(
            method=url.method,
            url=context.absolute(url.url),
            headers=_headers(url),
            expires_at=url.expires_at,
        )


@strawberry.type(description="Where to GET contents, one after the other in one answer.")
class Download:
    url: str = strawberry.field(description="The URL, signed.")
    headers: list[Header] = strawberry.field(
        description="Headers that the signature covers; the answer may be a 206."
    )
    expires_at: datetime = strawberry.field(
        description="When the URL ends, in UTC. Ask again for another."
    )
    sha256s: list[str] = strawberry.field(
        description="SHA-256 of each content in the answer, in lower-case hexadecimal, in order."
    )

    @classmethod
    def of(cls, context: Context, download: artifact.Download) -> Self:
        return cls(
            url=context.absolute(download.request.url),
            headers=_headers(download.request),
            expires_at=download.request.expires_at,
            sha256s=[content.sha256 for content in download.contents],
        )
