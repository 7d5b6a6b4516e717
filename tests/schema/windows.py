"""Pages that are asked for, what they are by definition, and what is answered."""

import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.schema.conftest import Api
from tests.schema.paged import List


@dataclass(frozen=True)
class Shown:
    """A page as it was answered."""

    items: list[Any]
    cursors: list[str]
    previous: bool
    next: bool

    @classmethod
    def of(cls, page: Any) -> "Shown":
        """The page, which says everything the same way twice."""
        info, edges = page["pageInfo"], page["edges"]
        cursors = [edge["cursor"] for edge in edges]
        assert [edge["node"] for edge in edges] == page["nodes"]
        assert [info["startCursor"], info["endCursor"]] == (
            [cursors[0], cursors[-1]] if cursors else [None, None]
        )
        return cls(page["nodes"], cursors, info["hasPreviousPage"], info["hasNextPage"])


async def shown(api: Api, asked: List, *pages: str) -> list[Shown]:
    """The pages of a list that these arguments ask for."""
    data = await api.data(asked.document(*pages))
    while "w0" not in data:
        (data,) = data.values()
    return [Shown.of(data[f"w{number}"]) for number in range(len(pages))]


@dataclass(frozen=True)
class Asked:
    """A page that is asked for: between two places of a list, which are turned round its length."""

    first: int | None
    after: int | None
    last: int | None
    before: int | None

    def arguments(self, cursors: list[str]) -> str:
        """As they are written."""
        sizes = {"first": self.first, "last": self.last}
        places = {"after": self.after, "before": self.before}
        given = sizes | {
            name: None if place is None else cursors[place] for name, place in places.items()
        }
        return ", ".join(f"{name}: {json.dumps(value)}" for name, value in given.items())

    def expected(self, whole: list[str], part: list[str], items: list[Any]) -> Shown:
        """The page of those that are part of the whole, by the definitions of the specification.

        The cursors are those of the whole: what is there may be no part of the list.
        """
        low = -1 if self.after is None else self.after
        high = len(whole) if self.before is None else self.before
        within = [cursor for cursor in part if low < whole.index(cursor) < high]
        backward = self.last is not None or (self.first is None and self.before is not None)
        size = next((size for size in (self.first, self.last) if size is not None), 50)
        page = within[max(0, len(within) - size) :] if backward else within[:size]
        more = len(within) > size
        return Shown(
            [items[part.index(cursor)] for cursor in page],
            page,
            (backward and more) or any(whole.index(cursor) <= low for cursor in part),
            (not backward and more) or any(whole.index(cursor) >= high for cursor in part),
        )


_places, _sizes = st.none() | st.integers(0, 10), st.integers(0, 4)
WINDOWS = st.one_of(
    st.builds(Asked, _sizes | st.none(), _places, st.none(), _places),
    st.builds(Asked, st.none(), _places, _sizes, _places),
)
