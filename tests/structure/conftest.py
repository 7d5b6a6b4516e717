"""A copy of the tree to plant violations in."""

import shutil
from pathlib import Path

import pytest

from tests.structure.source import ROOT

# Neither needed by a gate nor small.
_LEFT_OUT = shutil.ignore_patterns("ui", "data", "node_modules", "__pycache__", ".*")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree in a folder of its own; one for all tests of a module."""
    folder = tmp_path_factory.mktemp("tree") / "copy"
    return Path(shutil.copytree(ROOT, folder, ignore=_LEFT_OUT))
