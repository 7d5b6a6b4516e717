"""What changed of entities, and what it was before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graph_api.graph import Reader, cypher
from graph_api.models.artifact import Artifact
from graph_api.models.entity import Entity
from graph_api.models.page import Listed, Stretch
from graph_api.models.revision import Changed, Entry, History, Overwritten, Since
from graph_api.models.viewer import Viewer
from graph_api.services import entity

HISTORY = cypher("revision/history", History)
AFTER = cypher("revision/after", Since)

# Changes of one entity that are read at once: what they overwrote can be large.
_BATCH = 20


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


@dataclass(frozen=True)
class Past:
    """A batch function: what was said of each entity as of a seq; None where it was not there yet.

    A version has the name and the project that its collection had. Of the whole entity only what
    Revisions keep is of then: words, tags, name and project, state and status, locks and limits.
    """

    seq: int

    async def __call__(self, graph: Reader, viewer: Viewer, ids: list[str]) -> list[Entity | None]:
        """What was said of each entity that the viewer may see now."""
        # What it is now first: what is overwritten in between is among the revisions then.
        (rows,) = await entity.Entities()(graph, viewer, [tuple(ids)])
        collections = {row.collection_id for row in rows if isinstance(row, Artifact)}
        undone = await self._undone(graph, [*{*ids, *collections}])
        found = {row.id: self._then(row, undone) for row in rows}
        return [found.get(id) for id in ids]

    def _then(self, row: Entity, undone: dict[str, dict[str, Any]]) -> Entity | None:
        if row.id not in undone:
            return None
        before = undone[row.id]
        if isinstance(row, Artifact):
            named = ("name", "project_id")
            of = undone.get(row.collection_id, {})
            before = {**before, **{name: of[name] for name in named if name in of}}
        return type(row).model_validate({**row.model_dump(), **before}) if before else row

    async def _undone(self, graph: Reader, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Of each entity that was there, what has been overwritten since, as it was."""
        after = dict.fromkeys(ids, self.seq)
        undone: dict[str, dict[str, Any]] = {}
        while after:
            asked = [{"id": id, "after": seq} for id, seq in after.items()]
            rows = await graph.fetch(AFTER, asked=asked, seq=self.seq, first=_BATCH)
            after = {row.of: row.found[-1].until for row in rows if len(row.found) == _BATCH}
            for row in rows:
                fields = undone.setdefault(row.of, {})
                for revision in row.found:
                    # The earliest says what it was.
                    fields |= {**revision.before, **fields}
        return undone


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
