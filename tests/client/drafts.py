"""Drafts for the tests of the client, and a look at what came of them."""

from pathlib import Path

from graph_api import Artifact


def draft(name: str, files: dict[str, bytes], type: str = "dataset") -> Artifact:
    """A draft with these files."""
    made = Artifact(name, type)
    for path, content in files.items():
        made.add(content, path)
    return made


def contents(root: Path) -> dict[str, bytes]:
    """Every file below the folder."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }
