"""What differs between the files of two versions."""

from dataclasses import dataclass
from typing import Any, Literal, Self

from graph_api.client.file import FILE, File, file_of

DIFF = f"""\
query ($id: ID!, $since: ID, $first: Int, $after: String) {{
  artifact(id: $id) {{
    diff(since: $since, first: $first, after: $after) {{
      nodes {{ path before {{ {FILE} }} after {{ {FILE} }} }} pageInfo {{ hasNextPage endCursor }}
    }}
  }}
}}"""
PREVIOUS = "query ($id: ID!) { artifact(id: $id) { previous { id } } }"


@dataclass(frozen=True)
class Difference:
    """A path at which two versions differ."""

    path: str
    before: File | None
    """The earlier version's file; None where it has none."""
    after: File | None
    """The later version's file; None where it has none."""

    @property
    def change(self) -> Literal["ADDED", "CHANGED", "REMOVED"]:
        """How they differ."""
        if self.before is None:
            return "ADDED"
        return "REMOVED" if self.after is None else "CHANGED"

    @classmethod
    def of(cls, data: dict[str, Any], since: str, id: str) -> Self:
        """The difference that GraphQL describes, between versions of these ids."""
        before, after = data["before"], data["after"]
        return cls(data["path"], before and file_of(before, since), after and file_of(after, id))
