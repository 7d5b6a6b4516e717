"""Which store the settings ask for."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from graph_api.blobs.folder import FolderBlobs
from graph_api.blobs.s3 import S3Blobs
from graph_api.blobs.store import BlobStore
from graph_api.settings import Settings


def blob_store(settings: Settings) -> BlobStore:
    """The S3 bucket, if an address is given; else the folder ``blobs`` in the data folder."""
    if settings.s3_endpoint is not None:
        return S3Blobs(
            settings.s3_endpoint,
            settings.s3_bucket,
            settings.s3_access_key,
            settings.s3_secret_key.get_secret_value(),
            settings.s3_region,
            settings.s3_public_endpoint,
        )
    return FolderBlobs(settings.data / "blobs", _secret(settings.data / "blobs.key"))


def _secret(path: Path) -> bytes:
    """What the file holds; a new one is made once, however many workers start together."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(number, "wb") as file:
            file.write(secrets.token_bytes(32))
        with suppress(FileExistsError):
            os.link(name, path)
        Path(name).unlink()
    return path.read_bytes()
