"""What changed of entities, and what it was before."""

from dataclasses import dataclass

from graph_api.graph import Reader, cypher
from graph_api.models.page import Listed, Stretch
from graph_api.models.revision import Changed, Entry, History, Overwritten
from graph_api.models.viewer import Viewer
from graph_api.services import entity

HISTORY = cypher("revision/history", History)


@dataclass(frozen=True)
class HistoryOf:
    """A batch function: a stretch of the changes of each entity, in their order."""

    stretch: Stretch

    async def __call__(self, graph: Reader, viewer: Viewer, ids: list[str]) -> list[Listed[Entry]]:
        """The changes of each entity, all of which the viewer may see."""
        low, high = self.stretch.numbers()
        rows = await graph.fetch(
            HISTORY,
            ids=ids,
            low=low,
            high=high,
            first=self.stretch.most,
            backward=self.stretch.backward,
        )
        subjects = {id for row in rows for it in row.found for id in it.subjects}
        seen = {*ids}
        if others := sorted(subjects - seen):
            located = await graph.fetch(entity.LOCATE, ids=others, projects=viewer.projects)
            seen.update(row.id for row in located)
        found = {
            row.of: Listed(
                [str(it.seq) for it in row.found], [_entry(it, seen) for it in row.found]
            )
            for row in rows
        }
        return [found.get(id, Listed([], [])) for id in ids]


def _entry(changed: Changed, seen: set[str]) -> Entry:
    whole = seen.issuperset(changed.subjects)
    overwritten = [
        Overwritten(field=field, before=before, after=revision.after.get(field))
        for revision in changed.revisions
        for field, before in revision.before.items()
        # What was said again is none.
        if field not in revision.after or revision.after[field] != before
    ]
    return Entry(
        seq=changed.seq,
        at=changed.at,
        by=changed.by if whole else None,
        what=changed.what if whole else None,
        overwritten=tuple(
            sorted((_visible(it, seen) for it in overwritten), key=lambda it: it.field)
        ),
    )


def _visible(it: Overwritten, seen: set[str]) -> Overwritten:
    """The field, without a project that the viewer may not see: the subjects name both."""
    if it.field != "project_id":
        return it
    before, after = (id if id in seen else None for id in (it.before, it.after))
    return Overwritten(field="project", before=before, after=after)
