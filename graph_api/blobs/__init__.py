"""Bytes under their keys; knows no entity."""

from graph_api.blobs.choose import blob_store
from graph_api.blobs.folder import FolderBlobs
from graph_api.blobs.s3 import S3Blobs
from graph_api.blobs.store import BlobStore, Part, SignedUrl, StoredFile, Unfinished

__all__ = [
    "BlobStore",
    "FolderBlobs",
    "Part",
    "S3Blobs",
    "SignedUrl",
    "StoredFile",
    "Unfinished",
    "blob_store",
]
