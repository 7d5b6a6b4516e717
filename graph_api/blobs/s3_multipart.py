"""S3's calls for objects that go up in parts.

The `minio` client has them as private methods only, which know no checksums; S3 wants those of all
parts again when it puts the object together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

from urllib3 import PoolManager

from graph_api.blobs.sigv4 import Signer
from graph_api.blobs.store import Unfinished
from graph_api.errors import PartsMissing, UploadMissing

_EXPIRES = timedelta(minutes=15)


class Refused(Exception):
    """S3 does not do what it was asked to."""


@dataclass(frozen=True)
class StoredPart:
    """A part as S3 has it."""

    number: str
    etag: str
    checksum: str


class Multipart:
    """Blocking calls on one bucket. Each raises :class:`Refused` or an error of urllib3."""

    def __init__(
        self, http: PoolManager, signer: Signer, scheme: str, host: str, bucket: str
    ) -> None:
        self._http, self._signer = http, signer
        self._scheme, self._host, self._bucket = scheme, host, bucket

    def begin(self, key: str) -> str:
        """A new upload; S3's name of it."""
        headers = {"x-amz-checksum-algorithm": "SHA256"}
        return _text(self._call("POST", key, {"uploads": ""}, headers), "UploadId")

    def parts(self, key: str, upload: str) -> list[StoredPart]:
        """The parts that have arrived, by number; UploadMissing where there is no such upload."""
        pages = self._pages(key, {"uploadId": upload}, {"part-number-marker": "PartNumberMarker"})
        return [
            StoredPart(
                _text(part, "PartNumber"), _text(part, "ETag"), _text(part, "ChecksumSHA256")
            )
            for page in pages
            for part in page.iterfind("{*}Part")
        ]

    def assemble(self, key: str, upload: str, count: int) -> None:
        """Make the object out of its parts; PartsMissing, UploadMissing for no such upload."""
        parts = self.parts(key, upload)
        # The very listing that is sent: a part that is sent again is missing for a moment.
        PartsMissing.check((int(part.number) for part in parts), count)
        listed = Element("CompleteMultipartUpload")
        for part in parts:
            element = SubElement(listed, "Part")
            SubElement(element, "PartNumber").text = part.number
            SubElement(element, "ETag").text = part.etag
            SubElement(element, "ChecksumSHA256").text = part.checksum
        self._call("POST", key, {"uploadId": upload}, body=tostring(listed))

    def abort(self, key: str, upload: str) -> None:
        """Give the upload and its parts up; UploadMissing where there is none."""
        self._call("DELETE", key, {"uploadId": upload})

    def unfinished(self, prefix: str) -> list[Unfinished]:
        """The uploads of keys with this prefix."""
        markers = {"key-marker": "KeyMarker", "upload-id-marker": "UploadIdMarker"}
        return [
            Unfinished(
                _text(upload, "Key"),
                _text(upload, "UploadId"),
                datetime.fromisoformat(_text(upload, "Initiated")),
            )
            for page in self._pages("", {"uploads": "", "prefix": prefix}, markers)
            for upload in page.iterfind("{*}Upload")
        ]

    def _pages(
        self, key: str, query: Mapping[str, str], markers: Mapping[str, str]
    ) -> Iterator[Element]:
        more: dict[str, str] = {}
        while True:
            page = self._call("GET", key, {**query, **more})
            yield page
            if page.findtext("{*}IsTruncated") != "true":
                return
            more = {name: _text(page, f"Next{element}") for name, element in markers.items()}

    def _call(
        self,
        method: str,
        key: str,
        query: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Element:
        url = self._signer.presign(
            method,
            self._scheme,
            self._host,
            f"/{self._bucket}/{key}".rstrip("/"),
            now=datetime.now(UTC),
            expires=_EXPIRES,
            headers=headers,
            query=query,
        )
        answer = self._http.request(method, url, body=body, headers=headers)
        document = _parsed(answer.data)
        code = document.findtext("{*}Code", f"status {answer.status}")
        if code == "NoSuchUpload":
            raise UploadMissing(key)
        # S3 may find a fault after it has begun its answer with 200.
        if answer.status >= 300 or document.tag.endswith("Error"):
            raise Refused(f"{code} {document.findtext('{*}Message', '')}")
        return document


def _parsed(data: bytes) -> Element:
    try:
        return fromstring(data)  # noqa: S314  # of the store that we trust with all bytes
    except SyntaxError:
        # A proxy's page, or nothing at all.
        return Element("None")


def _text(element: Element, name: str) -> str:
    return element.findtext(f"{{*}}{name}", "")
