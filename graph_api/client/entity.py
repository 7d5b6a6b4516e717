"""What everything in the graph has in common."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from graph_api.client.as_of import AsOf, said
from graph_api.client.history import HISTORY, PAST, HistoryEntry, Past
from graph_api.client.lineage import Lineage
from graph_api.client.note import NOTE, Note
from graph_api.client.records import RUN
from graph_api.client.withdrawal import TAINT, Recall, Taint, recall

if TYPE_CHECKING:
    from graph_api.client.client import Client
    from graph_api.client.run import Run


class Entity:
    """A thing that lineage reaches."""

    @property
    def id(self) -> str:
        """Its id, unique in the service and for good."""
        raise NotImplementedError

    @property
    def client(self) -> "Client":
        """The client that it was read by."""
        raise NotImplementedError

    def to_json(self) -> dict[str, Any]:
        """What the service said of this, as JSON: ``client.from_json`` makes the object again.

        What was changed here and not saved is not in it. NotLogged for a draft.
        """
        raise NotImplementedError

    def upstream(
        self,
        depth: int | None = None,
        *,
        where: Mapping[str, Any] | None = None,
        limit: int | None = None,
    ) -> Lineage:
        """What this came from: at most ``depth`` edges back, or all of it.

        ``where`` is as in GraphQL, ``{"edges": ["USED_BY"], "stopAt": {"kinds": ["MODEL"]}}``:
        what is followed and shown; ``limit`` is the most nodes.
        """
        return self.client.lineage(
            self, direction="UPSTREAM", depth=depth, where=where, limit=limit
        )

    def downstream(
        self,
        depth: int | None = None,
        *,
        where: Mapping[str, Any] | None = None,
        limit: int | None = None,
    ) -> Lineage:
        """What was made from this; the arguments are those of :meth:`upstream`."""
        return self.client.lineage(
            self, direction="DOWNSTREAM", depth=depth, where=where, limit=limit
        )

    def logged_by(self) -> "Run | None":
        """The run that logged this first; None if no run did."""
        document = (
            f"query ($id: ID!) {{ node(id: $id) {{ ... on Entity {{ loggedBy {{ {RUN} }} }} }} }}"
        )
        run = self.client.execute(document, {"id": self.id})["node"]["loggedBy"]
        return None if run is None else self.client.run_of(run)

    def producers(self) -> "list[Run]":
        """Every run that logged this: equal content may have been made more than once."""
        return self._runs("producers")

    def used_by(self) -> "list[Run]":
        """The runs that used this directly."""
        return self._runs("usedBy")

    def link(self, role: str, source: "Entity") -> None:
        """Say that ``source`` is this one's ``role``: ``model.link("training dataset", data)``.

        Refused, with the path, if it would close a loop.
        """
        self.client.api.mutate(
            "link",
            "LinkPayload",
            "link { role }",
            {"source": source.id, "target": self.id, "role": role},
        )

    def add_note(self, text: str, key: str | None = None) -> None:
        """Write a note about this; notes stay as they are. Under a key, the last one counts."""
        input = {"entity": self.id, "text": text, "key": key}
        self.client.api.mutate("addNote", "NotePayload", "entity { id }", input)

    def notes(self, key: str | None = None) -> list[Note]:
        """The notes about this, or those under a key, the oldest first."""
        document = (
            "query ($id: ID!, $key: String, $first: Int, $after: String) { node(id: $id) { "
            "... on Entity { notes(key: $key, first: $first, after: $after) { "
            f"nodes {{ {NOTE} }} pageInfo {{ hasNextPage endCursor }} }} }} }} }}"
        )
        pages = self.client.api.pages(document, {"id": self.id, "key": key}, "node", "notes")
        return [Note.of(node) for page in pages for node in page["nodes"]]

    def withdraw(self, reason: str) -> None:
        """Say that this must not be relied on: what came of it can be promoted no more."""
        input = {"entity": self.id, "reason": reason}
        self.client.api.mutate("withdraw", "WithdrawalPayload", "entity { id }", input)

    def clear(self, reason: str, withdrawn: "Entity | None" = None) -> None:
        """Say that this may be relied on in spite of the withdrawal of ``withdrawn``.

        Of its own unless given: that ends then. Refused unless you administer its project.
        """
        input = {"withdrawn": (withdrawn or self).id, "entity": self.id, "reason": reason}
        self.client.api.mutate("clear", "WithdrawalPayload", "entity { id }", input)

    def recall(self) -> Recall:
        """All that came of this, which is withdrawn: ``model.recall().save("recall.json")``."""
        return recall(self.client.api, self.id)

    def taints(self) -> list[Taint]:
        """The withdrawals that this came of, by a shortest way each; its own among them."""
        selection = f"... on Entity {{ taints {{ {TAINT} }} }}"
        document = f"query ($id: ID!) {{ node(id: $id) {{ {selection} }} }}"
        node = self.client.api.execute(document, {"id": self.id})["node"]
        return [Taint.of(taint) for taint in node["taints"]] if node else []

    def history(self) -> list[HistoryEntry]:
        """Who changed what of this, the oldest first, and what it was before."""
        document = (
            "query ($id: ID!, $first: Int, $after: String) { node(id: $id) { ... on Entity { "
            f"history(first: $first, after: $after) {{ nodes {{ {HISTORY} }} "
            "pageInfo { hasNextPage endCursor } } } } }"
        )
        pages = self.client.api.pages(document, {"id": self.id}, "node", "history")
        return [HistoryEntry.of(node) for page in pages for node in page["nodes"]]

    def past(self, as_of: AsOf) -> Past | None:
        """What was said of this as of a moment (a ``seq``, or a time with its zone).

        None where it was not there yet.
        """
        document = (
            "query ($id: ID!, $asOf: AsOf!) { node(id: $id) { ... on Entity { past(asOf: $asOf) { "
            f"{PAST} }} }} }} }}"
        )
        node = self.client.execute(document, {"id": self.id, "asOf": said(as_of)})["node"]
        return Past.of(node["past"]) if node["past"] else None

    def _runs(self, field: str) -> "list[Run]":
        document = (
            "query ($id: ID!, $first: Int, $after: String) { node(id: $id) { ... on Entity { "
            f"{field}(first: $first, after: $after) {{ nodes {{ {RUN} }} "
            "pageInfo { hasNextPage endCursor } } } } }"
        )
        pages = self.client.api.pages(document, {"id": self.id}, "node", field)
        return [self.client.run_of(run) for page in pages for run in page["nodes"]]
