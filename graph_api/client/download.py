"""A version's files onto this machine, verified."""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from graph_api.client import cache, target
from graph_api.client.cache import Cache
from graph_api.client.errors import VerificationFailed
from graph_api.client.file import File, hashed
from graph_api.client.parallel import each
from graph_api.client.progress import Transfer, transfer

Bring = Callable[[File, BinaryIO, Transfer, Callable[[], bool]], None]
"""Writes the file's bytes, verified, to the sink; the last argument says whether to stop."""
Gather = Callable[[Mapping[Path, File], Transfer], None]
"""Writes the bytes of many stored files, verified, to their places."""


def materialize(
    bring: Bring,
    files: Sequence[File],
    root: Path,
    gather: Gather,
    title: str,
    *,
    exact: bool,
    references: bool,
) -> None:
    """Make ``root`` hold the files; all of them arrive and are verified before one is put there.

    Files that are right already are left alone, and what is in the cache is not fetched. ``exact``
    removes all others; else they stay. Without ``references``, what lies in their places stays,
    too. When something fails, the folder is as it was.
    """
    places = target.places((f for f in files if references or f.reference is None), root)
    existed = root.exists()
    if existed and not exact:
        target.check_links(root, places)
    with cache.opened() as kept:
        right = each(places.items(), lambda item, _: target.holds(root, *item, kept.index))
        needed = [place for place, held in zip(places, right, strict=True) if not held]
        made = _make(root)
        staging = Path(tempfile.mkdtemp(prefix=".graph-api-", dir=root))
        try:
            staged = {place: staging / str(number) for number, place in enumerate(needed)}
            wanted = {staged[place]: places[place] for place in needed}
            _fetch(bring, gather, wanted, kept, title)
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


def _fetch(bring: Bring, gather: Gather, wanted: dict[Path, File], kept: Cache, title: str) -> None:
    """Write the files, from the cache or else from where they are; what is stored is kept."""
    with transfer(title, sum(file.size or 0 for file in wanted.values())) as counted:

        def give(item: tuple[Path, File], _: object) -> bool:
            copy, file = item
            if not kept.has(file):
                return False
            with copy.open("wb") as sink:
                given = kept.give(file, sink)
            counted.advance(file.size or 0 if given else 0)
            return given

        given = each(wanted.items(), give)
        left = {
            copy: file for (copy, file), done in zip(wanted.items(), given, strict=True) if not done
        }
        stored = {copy: file for copy, file in left.items() if file.sha256 is not None}
        gather(stored, counted)

        def fetch(item: tuple[Path, File], stop: Callable[[], bool]) -> None:
            copy, file = item
            with copy.open("wb") as sink:
                bring(file, sink, counted, stop)

        each([item for item in left.items() if item[0] not in stored], fetch)
    if stored:
        kept.keep({str(file.sha256): copy for copy, file in stored.items()})


def single(bring: Bring, file: File, sink: BinaryIO) -> None:
    """Write one verified file to the sink and wind it back."""
    with cache.opened() as kept, transfer(file.path, file.size) as counted:
        if not kept.give(file, sink):
            bring(file, sink, counted, lambda: False)
            if file.sha256 is not None:
                kept.keep_stream(file.sha256, sink)
    sink.seek(0)


def verify(artifact: str, files: Sequence[File], root: Path) -> None:
    """:class:`VerificationFailed` unless ``root`` holds the files and no other.

    References are not looked at.
    """
    places = target.places((file for file in files if file.reference is None), root)
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
