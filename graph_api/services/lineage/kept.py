"""The last answers of a process, so that the pages of an answer are not each a walk of their own.

What flowed as of a ``seq`` never changes: edges are opened and closed, not rewritten. So an answer
is kept under its moment, under all that was asked, and under what its viewer may see. Whoever asks
for the present reads the newest ``seq`` first, and finds nothing here once something was written.
"""

from collections import OrderedDict
from collections.abc import Hashable

from graph_api.models.lineage import Lineage


class Kept:
    """Answers, the least lately used forgotten first."""

    MOST = 50_000
    """Entities and edges of all answers together: some 30 MiB."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Hashable, Lineage] = OrderedDict()
        self._size = 0

    def get(self, asked: Hashable) -> Lineage | None:
        """The answer to what is asked, if it is still there."""
        if (answer := self._answers.get(asked)) is not None:
            self._answers.move_to_end(asked)
        return answer

    def put(self, asked: Hashable, answer: Lineage) -> None:
        """Keep an answer, unless it is too large or time ran out: more could be found then."""
        size = _size(answer)
        if "TIMEOUT" in answer.incomplete_because or size > self.MOST or asked in self._answers:
            return
        self._answers[asked] = answer
        self._size += size
        while self._size > self.MOST:
            self._size -= _size(self._answers.popitem(last=False)[1])


def _size(answer: Lineage) -> int:
    return 1 + len(answer.depths) + len(answer.edges) + len(answer.hidden)
