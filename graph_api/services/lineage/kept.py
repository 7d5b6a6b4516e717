"""The last answers of a process, so that the pages of an answer are not each a walk of their own.

What flowed as of a ``seq`` never changes: edges are opened and closed, not rewritten. So an answer
is kept under its moment, under all that was asked, and under what its viewer may see, which also
changes when something moves to another project: a moment says when that was last. Whoever asks
for the present reads the newest ``seq`` first, and finds nothing here once something was written.
"""

from collections.abc import Hashable
from dataclasses import replace

from graph_api.models.lineage import Lineage
from graph_api.models.recent import Recent


class Kept:
    """Answers, the least lately used forgotten first."""

    MOST = 250_000
    """Entities of all answers together, an edge as three: some 60 MiB."""

    def __init__(self) -> None:
        self._answers = Recent[Hashable, Lineage](self.MOST, _size)

    def get(self, asked: Hashable, *, edges: bool = True) -> Lineage | None:
        """The answer to what is asked, if it is still there; it has no edges if none are asked."""
        whole = self._answers.get((asked, True))
        return whole or (None if edges else self._answers.get((asked, False)))

    def put(self, asked: Hashable, answer: Lineage) -> None:
        """Keep an answer, unless time ran out: more could be found then.

        Of a large one there is no room for the edges: the entities, which come in pages, stay.
        """
        if "TIMEOUT" in answer.incomplete_because:
            return
        if _size(answer) <= self.MOST:
            self._answers.put((asked, True), answer)
        elif _size(bare := replace(answer, edges=[])) <= self.MOST:
            self._answers.put((asked, False), bare)


def _size(answer: Lineage) -> int:
    # Some 200 roots take as much as an entity.
    bits = len(answer.reached_by or ()) * (1 + len(answer.roots) // 200)
    return 1 + len(answer.depths) + 3 * len(answer.edges) + len(answer.hidden) + bits
