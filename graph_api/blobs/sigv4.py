"""Presigned URLs of S3 that also sign headers, which the `minio` client's own do not.

Signature Version 4, in a query string:

1. the canonical request: method, path, sorted query, signed headers, ``UNSIGNED-PAYLOAD``
2. the string to sign: algorithm, time, scope, SHA-256 of 1.
3. the signature: HMAC of 2. under a key made of secret, day, region and service
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True)
class Signer:
    """Signs for one pair of keys and one region."""

    access_key: str
    secret_key: str
    region: str

    def presign(
        self,
        method: str,
        scheme: str,
        host: str,
        path: str,
        *,
        now: datetime,
        expires: timedelta,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> str:
        """The URL; whoever uses it must send ``headers`` (lower-case names) as they stand.

        ``now`` is in UTC, ``expires`` is at most seven days, ``path`` is not escaped.
        """
        time = now.strftime("%Y%m%dT%H%M%SZ")
        scope = f"{time[:8]}/{self.region}/s3/aws4_request"
        signed = sorted({"host": host, **(headers or {})}.items())
        names = ";".join(name for name, _ in signed)
        path = quote(path)
        parameters = {
            "X-Amz-Algorithm": _ALGORITHM,
            "X-Amz-Credential": f"{self.access_key}/{scope}",
            "X-Amz-Date": time,
            "X-Amz-Expires": str(int(expires.total_seconds())),
            "X-Amz-SignedHeaders": names,
            **(query or {}),
        }
        encoded = "&".join(
            f"{quote(name, safe='')}={quote(value, safe='')}"
            for name, value in sorted(parameters.items())
        )
        lines = "".join(f"{name}:{value}\n" for name, value in signed)
        request = "\n".join([method, path, encoded, lines, names, "UNSIGNED-PAYLOAD"])
        hashed = hashlib.sha256(request.encode()).hexdigest()
        signature = self._sign("\n".join([_ALGORITHM, time, scope, hashed]), scope)
        return f"{scheme}://{host}{path}?{encoded}&X-Amz-Signature={signature}"

    def _sign(self, text: str, scope: str) -> str:
        key = f"AWS4{self.secret_key}".encode()
        for part in (*scope.split("/"), text):
            key = hmac.digest(key, part.encode(), "sha256")
        return key.hex()
