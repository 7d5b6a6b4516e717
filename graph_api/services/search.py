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
from graph_api.models.page import Page, at_most, key_of, page_of
from graph_api.models.search import Hit, Texts
from graph_api.models.viewer import Viewer

TEXTS = cypher("search/texts", Texts)
VERSIONS = cypher("search/versions", Id)
INDEX = cypher("search/index")
HITS = cypher("search/hits", Hit)

# Searching is no listing: what lies further down the ranking is found by more words.
MOST = 50_000


async def page(
    graph: Reader,
    viewer: Viewer,
    text: str,
    kinds: Sequence[Kind] | None,
    project_id: str | None,
    first: int | None,
    after: str | None,
) -> Page[Hit]:
    """Entities that have each word of the text, or begin like it; the best first.

    An entity of this very id, digest (or 8 and more digits that it begins with) or name comes
    before others, then words in names, then in what else there is; of equals, the newest. Of all
    hits it is the 50,000 best. A text without letters and digits finds nothing. SearchTooLong for
    one of too many characters or words.
    """
    first = at_most(first)
    score, since, id = _place(after)
    projects = viewer.projects
    if project_id is not None:
        visible = projects is None or project_id in projects
        projects = (project_id,) if visible else ()
    asked = models.search(text, kinds, projects)
    rows = await graph.fetch(
        HITS,
        queries=list(asked.queries),
        terms=list(asked.terms),
        most=MOST,
        score=score,
        since=since,
        id=id,
        first=first + 1,
        projects=projects,
    )
    return page_of(rows, first, after, lambda hit: f"{hit.score:g}|{hit.since}|{hit.id}")


async def index(tx: Transaction, ids: list[str]) -> None:
    """Write what there is to find of entities as they are now, in a transaction that changes them.

    The caller holds the ledger's lock.
    """
    rows = await tx.fetch(TEXTS, ids=ids)
    documents = [{"id": row.id, "search": models.document(row)} for row in rows]
    await tx.write(INDEX, documents=documents)


async def index_renamed(tx: Transaction, id: str) -> None:
    """As :func:`index`, for an entity with a new name, which versions of a collection have too."""
    versions = []
    if kind_of(id) == "ArtifactCollection":
        versions = await tx.fetch(VERSIONS, collection_id=id)
    await index(tx, [id, *(row.id for row in versions if row.id)])


def _place(after: str | None) -> tuple[float, int, str]:
    """Score, seq and id after which a page begins."""
    if after is None:
        return math.inf, 0, ""
    try:
        score, since, id = key_of(after).split("|")
        place = float(score), int(since), id
    except ValueError as error:
        raise BadCursor(after) from error
    if not (math.isfinite(place[0]) and 0 <= place[1] < 2**63):
        raise BadCursor(after)
    return place
