"""Notes about entities: a log that only grows."""

from dataclasses import dataclass

from graph_api.errors import BadInput
from graph_api.graph import Graph, Reader, Transaction, cypher
from graph_api.models import names
from graph_api.models.idempotency import Answer, Call
from graph_api.models.note import Note, Notes
from graph_api.models.page import Listed, Stretch
from graph_api.models.viewer import Viewer
from graph_api.services import entity, idempotency, ledger
from graph_api.settings import Limits

ADD = cypher("note/add")
ABOUT = cypher("note/about", Notes)

# Characters of a note.
_LONGEST = 65_536


async def add(
    graph: Graph,
    viewer: Viewer,
    limits: Limits,
    id: str,
    text: str,
    key: str | None = None,
    call: Call | None = None,
) -> None:
    """Write a note about an entity, under a key or none; BadInput for one without a word."""
    key = None if key is None else names.label("note key", key, limits.name_length)
    text = names.normalized(text)
    if not text.strip() or len(text) > _LONGEST:
        raise BadInput(f"The note has {len(text):,} characters; it has words, of {_LONGEST:,}.")

    async def work(tx: Transaction) -> Answer:
        drawn = await ledger.draw(tx, viewer)
        await entity.writable(tx, viewer, id)
        await tx.write(ADD, id=id, text=text, key=key, by=viewer.user, seq=drawn.seq, at=drawn.at)
        await ledger.record(tx, viewer, drawn, "Note added", [id])
        return Answer(id=id, created=True)

    await idempotency.once(graph, viewer, call, Answer, work)


@dataclass(frozen=True)
class NotesAbout:
    """A batch function: a stretch of the notes about each entity, or of those under a key."""

    stretch: Stretch
    key: str | None = None

    async def __call__(self, graph: Reader, viewer: Viewer, ids: list[str]) -> list[Listed[Note]]:
        """The notes about each entity."""
        low, high = self.stretch.numbers()
        rows = await graph.fetch(
            ABOUT,
            ids=ids,
            key=None if self.key is None else names.normalized(self.key),
            low=low,
            high=high,
            first=self.stretch.most,
            backward=self.stretch.backward,
        )
        found = {row.of: Listed([str(it.seq) for it in row.found], row.found) for row in rows}
        return [found.get(id, Listed([], [])) for id in ids]
