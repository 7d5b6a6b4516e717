"""What may be a key: the one guard between a name from outside and the file system."""

import re

from graph_api.errors import BadKey

_SEGMENT = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,255}\Z")


def checked(key: str) -> str:
    """The key itself; BadKey where it is none, so that no key leads out of its folder."""
    if len(key) > 1024 or not all(map(_SEGMENT.match, key.split("/"))):
        raise BadKey(key)
    return key


def checked_prefix(prefix: str) -> str:
    """The prefix itself; BadKey where no key can begin with it."""
    checked(f"{prefix}x")
    return prefix
