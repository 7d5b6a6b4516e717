"""JSON Lines that are appended, and each of which vouches for all before it.

A line is a JSON object with a last member ``check``: the SHA-256 of the check of the line before
(of nothing, for the first one) and of the line without its check. So what was changed, lost or
moved is told from what a kill has torn: that is behind the last line feed, and no call that wrote
it has returned.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from graph_api.client.errors import BadArgument
from graph_api.client.offline.errors import BundleDamaged

_SEALED = re.compile(rb'(\{.+),"check":"([0-9a-f]{64})"\}\n')


def read(file: Path) -> Iterator[dict[str, Any]]:
    """The lines without their checks; none if there is no such file."""
    for body, _, _ in _read(file):
        yield json.loads(body)


class Lines:
    """A file that grows by lines; a line is on the disk when :meth:`append` returns."""

    def __init__(self, file: Path) -> None:
        self._check, self._end = "", 0
        self._file = file
        for _, self._check, self._end in _read(file):
            pass
        with file.open("ab") as stream:
            stream.truncate(self._end)

    def append(self, body: Mapping[str, Any]) -> None:
        """Write a line of at least one member; of one that cannot be written nothing stays."""
        try:
            text = json.dumps(body, separators=(",", ":"), allow_nan=False)
        except (TypeError, ValueError) as error:
            raise BadArgument(f"What was said is not JSON: {error}.") from error
        check = _check(self._check, text.encode())
        line = f'{text[:-1]},"check":"{check}"}}\n'.encode()
        try:
            with self._file.open("ab") as stream:
                stream.write(line)
                stream.flush()
                os.fsync(stream.fileno())
        except BaseException:
            with suppress(OSError), self._file.open("ab") as stream:
                stream.truncate(self._end)
            raise
        self._check, self._end = check, self._end + len(line)


def flush_folder(folder: Path) -> None:
    """Have the names in a folder on the disk; Windows does so by itself."""
    if os.name != "nt":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _read(file: Path) -> Iterator[tuple[bytes, str, int]]:
    """Each line without its check, the check, and where the line ends."""
    before, end = "", 0
    with suppress(FileNotFoundError), file.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not line.endswith(b"\n"):
                return
            sealed = _SEALED.fullmatch(line)
            body = sealed[1] + b"}" if sealed else b""
            if sealed is None or _check(before, body) != sealed[2].decode():
                raise BundleDamaged(file, f"is not what was written from line {number} on")
            before, end = sealed[2].decode(), end + len(line)
            yield body, before, end


def _check(before: str, body: bytes) -> str:
    return hashlib.sha256(before.encode() + body).hexdigest()
