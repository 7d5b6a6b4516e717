"""A version's files onto this machine, verified."""

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from graph_api.client import target
from graph_api.client.errors import VerificationFailed
from graph_api.client.file import File, hashed
from graph_api.client.parallel import each
from graph_api.client.progress import transfer
from graph_api.client.store import Store

Renew = Callable[[str], str]
"""A fresh URL of the file at a path."""


def materialize(
    store: Store, files: Sequence[File], root: Path, renew: Renew, title: str, *, exact: bool
) -> None:
    """Make ``root`` hold the files; all of them arrive and are verified before one is put there.

    Files that are right already are left alone. ``exact`` removes all others; else they stay.
    When something fails, the folder is as it was.
    """
    places = target.places(files, root)
    existed = root.exists()
    if existed and not exact:
        target.check_links(root, places)
    needed = [
        place
        for place, right in zip(
            places, each(places.items(), lambda item, _: target.holds(root, *item)), strict=True
        )
        if not right
    ]
    made = _make(root)
    staging = Path(tempfile.mkdtemp(prefix=".graph-api-", dir=root))
    try:
        staged = {place: staging / str(number) for number, place in enumerate(needed)}
        total = sum(places[place].size or 0 for place in needed)
        with transfer(title, total) as counted:

            def fetch(place: Path, stop: Callable[[], bool]) -> None:
                file = places[place]
                with staged[place].open("wb") as sink:
                    store.get(file, sink, lambda: renew(file.path), counted, stop)

            each(needed, fetch)
        if exact:
            for stray in target.strays(root, (file.path for file in files)):
                if staging not in stray.parents:
                    stray.unlink()
            target.remove_empty_folders(root)
            target.check_links(root, places)
        for place, copy in staged.items():
            place.parent.mkdir(parents=True, exist_ok=True)
            os.replace(copy, place)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        raise
    shutil.rmtree(staging, ignore_errors=True)


def single(store: Store, file: File, sink: BinaryIO, renew: Renew) -> None:
    """Write one verified file to the sink and wind it back."""
    with transfer(file.path, file.size) as counted:
        store.get(file, sink, lambda: renew(file.path), counted)
    sink.seek(0)


def verify(artifact: str, files: Sequence[File], root: Path) -> None:
    """:class:`VerificationFailed` unless ``root`` holds the files and no other.

    References are not looked at.
    """
    places = target.places(files, root)
    missing = [file.path for place, file in places.items() if not os.path.lexists(place)]

    def actual(item: tuple[Path, File], _: object) -> tuple[str, tuple[str, str]] | None:
        place, file = item
        if place.is_symlink() or not place.is_file():
            return None if file.path in missing else (file.path, (str(file.sha256), "no file"))
        digest = hashed(place)[1]
        return (file.path, (str(file.sha256), digest)) if digest != file.sha256 else None

    different = dict(filter(None, each(places.items(), actual)))
    extra = [
        stray.relative_to(root).as_posix()
        for stray in target.strays(root, (file.path for file in files))
    ]
    if different or missing or extra:
        raise VerificationFailed(artifact, root, different, missing, extra)


def _make(folder: Path) -> list[Path]:
    """Make the folder and those above it; the new ones, the deepest first."""
    made = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return made
