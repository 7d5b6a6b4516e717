"""A folder that receives files: what it can hold, and what it may not be tricked into."""

import os
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from pathlib import Path

from graph_api.client.errors import BadPath, NamesCollide
from graph_api.client.file import File, checked
from graph_api.client.index import Index


def places(files: Iterable[File], root: Path) -> dict[Path, File]:
    """Where each file goes, all of them below ``root``.

    Raises :class:`BadPath` for a path that leaves the folder, also through a symbolic link in it,
    and :class:`NamesCollide` where the file system would take two paths for one. Writes nothing.
    """
    found = {checked(file.path): file for file in files}
    _check_folders(found)
    if colliding := collisions(found, _folded):
        folds = _folding(root)
        if colliding := collisions(found, folds):
            raise NamesCollide(
                colliding, f"The file system of {root} takes these names for the same"
            )
    return {root.joinpath(*path.split("/")): file for path, file in found.items()}


def check_links(root: Path, places: Iterable[Path]) -> None:
    """:class:`BadPath` where a place is behind a link out of ``root``, or below a file."""
    real = root.resolve()
    for folder in {place.parent for place in places}:
        if not folder.resolve().is_relative_to(real):
            raise BadPath(str(folder), f"is a link out of {root}")
        for parent in (folder, *folder.parents):
            if parent.exists() and not parent.is_dir():
                raise BadPath(str(parent), "is a file; the artifact needs a folder there")
            if parent == root:
                break
    for place in places:
        if place.is_dir() and not place.is_symlink():
            raise BadPath(str(place), "is a folder; the artifact needs a file there")


def collisions(paths: Iterable[str], fold: Callable[[str], str]) -> list[tuple[str, str]]:
    """Pairs of names in one folder, of files or folders, that ``fold`` makes the same."""
    first: dict[str, str] = {}
    pairs: list[tuple[str, str]] = []
    for name in sorted({prefix for path in paths for prefix in _prefixes(path)}):
        other = first.setdefault(fold(name), name)
        if other != name and other.rpartition("/")[0] == name.rpartition("/")[0]:
            pairs.append((other, name))
    return pairs


def strays(root: Path, paths: Iterable[str]) -> Iterator[Path]:
    """Everything below ``root`` that is not a folder and not one of the paths."""
    wanted = {root.joinpath(*path.split("/")) for path in paths}
    for folder, folders, names in os.walk(root):
        links = [name for name in folders if Path(folder, name).is_symlink()]
        yield from (
            place for name in (*names, *links) if (place := Path(folder, name)) not in wanted
        )


def remove_empty_folders(root: Path) -> None:
    """Remove every folder below ``root`` that holds nothing."""
    for folder, _, _ in os.walk(root, topdown=False):
        if folder != str(root) and not os.listdir(folder):
            os.rmdir(folder)


def holds(root: Path, place: Path, file: File, index: Index) -> bool:
    """Whether a regular file with exactly these bytes is there, not behind a symbolic link.

    Of a reference without a SHA-256 that cannot be told, so it is not.
    """
    folder = place.parent
    return (
        file.checksum is not None
        and place.is_file()
        and not place.is_symlink()
        and folder.resolve() == root.resolve() / folder.relative_to(root)
        and file.size in (None, place.stat().st_size)
        and index.hashed(place)[1] == file.checksum
    )


def _prefixes(path: str) -> list[str]:
    return list(accumulate(path.split("/"), "{}/{}".format))


def _check_folders(paths: dict[str, File]) -> None:
    for path in paths:
        for folder in _prefixes(path)[:-1]:
            if folder in paths:
                raise BadPath(path, f"lies below {folder!r}, which is a file")


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def _folding(root: Path) -> Callable[[str], str]:
    """What the file system of ``root``, or of the nearest folder there is, does to names."""
    existing = next(folder for folder in (root, *root.absolute().parents) if folder.is_dir())
    with tempfile.TemporaryDirectory(prefix=".graph-api-", dir=existing) as probe:
        Path(probe, "case-\u00e9").touch()
        if Path(probe, "CASE-\u00c9").exists():
            return _folded
        if Path(probe, "case-e\u0301").exists():
            return lambda path: unicodedata.normalize("NFC", path)
    return lambda path: path
