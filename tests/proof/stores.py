"""Byte stores that other processes can open, too: by settings."""

import secrets
from pathlib import Path

import pytest

from graph_api.blobs import BlobStore, blob_store
from graph_api.settings import Settings
from tests.minio.server import RunningMinio


def chosen(byte_store: str, folder: Path, request: pytest.FixtureRequest) -> dict[str, str]:
    """The settings of an empty byte store of this kind."""
    if byte_store == "folder":
        return {"data": str(folder)}
    minio: RunningMinio = request.getfixturevalue("minio")
    return {
        "s3_endpoint": minio.endpoint,
        "s3_bucket": f"proof-{secrets.token_hex(6)}",
        "s3_access_key": minio.access_key,
        "s3_secret_key": minio.secret_key,
    }


def of_kind(byte_store: str, folder: Path, request: pytest.FixtureRequest) -> BlobStore:
    """An empty byte store of this kind."""
    return blob_store(Settings.model_validate(chosen(byte_store, folder, request)))
