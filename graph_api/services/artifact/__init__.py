"""Artifacts: versions of a collection, from draft to download."""

from graph_api.services.artifact.change import (
    add_aliases,
    protect_aliases,
    remove_aliases,
    roll_back_alias,
    update,
)
from graph_api.services.artifact.commit import COMMITTED, commit
from graph_api.services.artifact.diff import diff
from graph_api.services.artifact.downloads import Download, downloads
from graph_api.services.artifact.draft import create_draft, delete_draft, request_uploads
from graph_api.services.artifact.files import file, files, named
from graph_api.services.artifact.log import Given, log
from graph_api.services.artifact.read import (
    by_version,
    checked,
    committed,
    find,
    latest,
    page,
    previous,
    versions,
)
from graph_api.services.artifact.zip import Zips

__all__ = [
    "COMMITTED",
    "Download",
    "Given",
    "Zips",
    "add_aliases",
    "by_version",
    "checked",
    "commit",
    "committed",
    "create_draft",
    "delete_draft",
    "diff",
    "downloads",
    "file",
    "files",
    "find",
    "latest",
    "log",
    "named",
    "page",
    "previous",
    "protect_aliases",
    "remove_aliases",
    "request_uploads",
    "roll_back_alias",
    "update",
    "versions",
]
