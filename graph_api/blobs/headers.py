"""Headers that both stores sign or answer."""

import base64
import re
from urllib.parse import quote

LENGTH, CHECKSUM, UNLESS = "content-length", "x-amz-checksum-sha256", "if-none-match"


def upload(size: int, sha256: str | None) -> dict[str, str]:
    """Headers of a signed PUT: these bytes only, and only where there is no object yet."""
    which = part(size, sha256) if sha256 else {LENGTH: str(size)}
    return {**which, UNLESS: "*"}


def part(size: int, sha256: str) -> dict[str, str]:
    """Headers of the signed PUT of a part: these bytes only. S3 knows no condition for parts."""
    checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
    return {LENGTH: str(size), CHECKSUM: checksum}


def attachment(filename: str | None) -> str:
    """Content-Disposition that makes a browser save the bytes, never show them (RFC 6266)."""
    if filename is None:
        return "attachment"
    # Clients that do not know filename* (curl -J) take the first form.
    plain = re.sub(r"[^A-Za-z0-9 ._-]", "_", filename)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
