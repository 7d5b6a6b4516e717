"""Which store the settings ask for."""

from graph_api.blobs.folder import FolderBlobs
from graph_api.blobs.s3 import S3Blobs
from graph_api.blobs.secret import kept
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
    return FolderBlobs(settings.data / "blobs", kept(settings.data / "blobs.key"))
