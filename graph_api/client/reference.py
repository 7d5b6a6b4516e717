"""How users point at things: ``name:version``, ``project/name:alias``, or an id."""

import re
from dataclasses import dataclass

from graph_api.client.errors import BadArgument

_ID = re.compile(r"([a-z][a-z_]*)_[0-7][0-9a-hjkmnp-tv-z]{25}")


@dataclass(frozen=True, slots=True)
class Reference:
    """A version by name: ``version`` is a version, an alias or ``latest``."""

    project: str | None
    name: str
    version: str

    def __str__(self) -> str:
        prefix = f"{self.project}/" if self.project else ""
        return f"{prefix}{self.name}:{self.version}"


def is_id(text: str) -> bool:
    """Whether this is the id of an entity of any kind."""
    return _ID.fullmatch(text) is not None


def parse(text: str) -> Reference:
    """The reference in ``[project/]name[:version]``; without a version it means the latest."""
    project, slash, rest = text.rpartition("/")
    name, colon, version = rest.partition(":")
    if not name or (colon and not version) or (slash and not project) or ":" in version:
        raise BadArgument(
            f"{text!r} is no reference to an artifact.",
            "Write name:version, name:alias, project/name:version, or an id.",
        )
    return Reference(project or None, name, version or "latest")
