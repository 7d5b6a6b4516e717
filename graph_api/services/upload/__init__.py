"""Uploads in parts, from the first part to the content that a commit takes."""

from graph_api.blobs import SignedUrl
from graph_api.services.upload.complete import Completions
from graph_api.services.upload.request import request, sign_parts
from graph_api.services.upload.sweep import sweep
from graph_api.services.upload.take import take, verified

__all__ = ["Completions", "SignedUrl", "request", "sign_parts", "sweep", "take", "verified"]
