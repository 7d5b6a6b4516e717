"""Patterns of paths, as shells know them.

``*`` and ``?`` stand for signs within one part of a path, ``[ab]`` for one of some, and a part that
is ``**`` for any number of parts. To match takes at most (parts of the path)·(parts of the
pattern) steps, whatever the pattern: after a star the first place that fits is taken, and only the
last ``**`` is ever tried anew.
"""

import fnmatch
import re
from collections.abc import Callable

from graph_api.errors import BadInput
from graph_api.models import names

_SIGNS = re.compile(r"[*?[]")
# Parts of a pattern.
_MOST = 32


class Glob:
    """A pattern; BadPath where no path could fit it, BadInput for one of more than 32 parts."""

    def __init__(self, pattern: str) -> None:
        text = names.path(pattern)
        if (parts := text.count("/") + 1) > _MOST:
            raise BadInput(f"The pattern has {parts} parts; it can have {_MOST}.")
        self._parts: list[Callable[[str], object] | None] = [
            None if part == "**" else re.compile(fnmatch.translate(part)).match
            for part in text.split("/")
        ]
        sign = _SIGNS.search(text)
        prefix = text[: sign.start()] if sign else text
        # A part "**" may stand for none.
        self._prefix = prefix.removesuffix("/") if text.startswith("**", len(prefix)) else prefix

    def meets(self, first: str, last: str) -> bool:
        """Whether a path from the first to the last can fit it."""
        return first[: len(self._prefix)] <= self._prefix <= last

    def fits(self, path: str) -> bool:
        """Whether it stands for this path."""
        return path.startswith(self._prefix) and self._fit(path.split("/"))

    def _fit(self, path: list[str]) -> bool:
        tried = place = 0
        # Where to go on once the last "**" stands for one part more.
        again: tuple[int, int] | None = None
        while place < len(path):
            fits = tried < len(self._parts) and self._parts[tried]
            if fits is None:
                tried += 1
                again = tried, place
            elif fits and fits(path[place]):
                tried, place = tried + 1, place + 1
            elif again:
                tried, place = again[0], again[1] + 1
                again = tried, place
            else:
                return False
        return not any(self._parts[tried:])
