"""A bucket of the real MinIO, and an environment in which the client finds it."""

import secrets
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from minio import Minio
from minio.commonconfig import ENABLED
from minio.versioningconfig import VersioningConfig

from tests.minio.server import RunningMinio


@dataclass(frozen=True)
class Bucket:
    """A new bucket; ``url`` is ``s3://<its name>``."""

    minio: Minio
    name: str

    @property
    def url(self) -> str:
        return f"s3://{self.name}"

    def put(self, key: str, content: bytes) -> str | None:
        """Write an object; its version's id, if the bucket keeps versions."""
        return self.minio.put_object(self.name, key, BytesIO(content), len(content)).version_id

    def keep_versions(self) -> None:
        self.minio.set_bucket_versioning(self.name, VersioningConfig(ENABLED))


def new_bucket(minio: RunningMinio, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """An empty bucket, which the environment leads to until the test's end."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", minio.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", minio.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", minio.secret_key)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    parts = urlsplit(minio.endpoint)
    bucket = Bucket(
        Minio(
            parts.netloc,
            access_key=minio.access_key,
            secret_key=minio.secret_key,
            secure=parts.scheme == "https",
        ),
        f"remote-{secrets.token_hex(6)}",
    )
    bucket.minio.make_bucket(bucket.name)
    return bucket
