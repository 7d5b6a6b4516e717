"""Search: entities found by words, and what the index holds of them.

What is written is found by the next read: the text of an entity is kept by the transaction that
changes what it is made of, under the ledger's lock, and the index is not an eventual one.
"""

import math
from collections.abc import Sequence

from graph_api.errors import BadCursor
from graph_api.graph import Reader, Transaction, cypher
from graph_api.models import search as models
from graph_api.models.artifact import Id
from graph_api.models.entity import Kind, kind_of
from graph_api.models.page import Cut, Listed, Page, Stretch, Window, cursor, page_of
from graph_api.models.search import Hit, Texts
from graph_api.models.viewer import Viewer

TEXTS = cypher("search/texts", Texts)
VERSIONS = cypher("search/versions", Id)
INDEX = cypher("search/index")
HITS = cypher("search/hits", Hit)

# Searching is no listing: what lies further down the ranking is found by more words.
MOST = 50_000
# What one statement reads, or writes: a transaction has little memory.
_BATCH = 1_000


async def page(
    graph: Reader,
    viewer: Viewer,
    text: str,
    kinds: Sequence[Kind] | None,
    project_id: str | None,
    window: Window,
) -> Page[Hit]:
    """Entities that have each word of the text, or begin like it; the best first.

    An entity of this very id, digest (or 8 and more digits that it begins with) or name comes
    before others, then words in names, then in what else there is; of equals, the newest. Of all
    hits it is the 50,000 best. A text without letters and digits finds nothing. SearchTooLong for
    one of too many characters or words.
    """
    projects = viewer.projects
    if project_id is not None:
        visible = projects is None or project_id in projects
        projects = (project_id,) if visible else ()
    asked = models.search(text, kinds, projects)

    async def read(stretch: Stretch) -> Listed[Hit]:
        # The best have the greatest rank.
        falling = stretch.turned()
        hits = await graph.fetch(
            HITS,
            queries=list(asked.queries),
            terms=list(asked.terms),
            most=MOST,
            low=_rank(falling.start) if falling.start else [-math.inf],
            high=_rank(falling.end) if falling.end else [math.inf],
            backward=stretch.backward,
            first=stretch.most,
            projects=projects,
        )
        return Listed([f"{hit.score}|{hit.since}|{hit.id}" for hit in hits], hits)

    return await page_of(window, read)


async def index(tx: Transaction, ids: list[str]) -> None:
    """Write what there is to find of entities as they are now, in a transaction that changes them.

    The caller holds the ledger's lock.
    """
    for start in range(0, len(ids), _BATCH):
        rows = await tx.fetch(TEXTS, ids=ids[start : start + _BATCH])
        documents = [{"id": row.id, "search": models.document(row)} for row in rows]
        await tx.write(INDEX, documents=documents)


async def index_placed(tx: Transaction, id: str) -> None:
    """As :func:`index`, for an entity with a new name or project, and versions of a collection."""
    versions = []
    if kind_of(id) == "ArtifactCollection":
        versions = await tx.fetch(VERSIONS, collection_id=id)
    await index(tx, [id, *(row.id for row in versions if row.id)])


def _rank(cut: Cut) -> list[float | int | str]:
    """Score, seq and id from which on hits lie behind a cut."""
    try:
        score, since, id = cut.text.split("|")
        rank = float(score), int(since), id
    except ValueError as error:
        raise BadCursor(cursor(cut.key)) from error
    if not (math.isfinite(rank[0]) and 0 <= rank[1] < 2**63):
        raise BadCursor(cursor(cut.key))
    return list(rank)
