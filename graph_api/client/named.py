"""What collections, models and datasets share: a name that artifacts come under."""

from collections.abc import Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from graph_api.client.entity import Entity
from graph_api.client.errors import NotFound
from graph_api.client.records import NAMED, NamedRecord

if TYPE_CHECKING:
    from graph_api.client.client import Client


class Named(Entity):
    """A name that artifacts come under."""

    def __init__(self, client: "Client", data: Mapping[str, Any]) -> None:
        self._client = client
        self.record = NamedRecord.of(data)

    @property
    def client(self) -> "Client":
        return self._client

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def name(self) -> str:
        return self.record.name

    @property
    def read_only(self) -> bool:
        """Whether nothing in it changed any more when it was read."""
        return self.record.read_only

    @property
    def project(self) -> str:
        """Name of the project in which it was when it was read."""
        return self.record.project

    def to_json(self) -> dict[str, Any]:
        return deepcopy(self.record.json)

    def set_read_only(self, read_only: bool = True) -> None:
        """Let nothing in it change any more, or again.

        While it is read-only, new versions, aliases, stages, links, words and deletions are
        Refused with READ_ONLY.
        """
        answer = self._client.api.mutate(
            "setReadOnly",
            "ReadOnlyPayload",
            f"entity {{ {NAMED} }}",
            {"id": self.id, "readOnly": read_only},
        )
        self._read(answer["entity"])

    def rename(self, name: str) -> None:
        """Give it another name; by the old one it is NotFound afterwards. No content moves.

        Refused with NAME_TAKEN where its project has one of the name.
        """
        kind: str = self.record.json["__typename"]
        field = kind[0].lower() + kind[1:]
        answer = self._client.api.mutate(
            f"update{kind}",
            f"{kind}Payload",
            f"{field} {{ {NAMED} }}",
            {"id": self.id, "name": name},
        )
        self._read(answer[field])

    def _read(self, data: Mapping[str, Any]) -> None:
        self.record = NamedRecord.of({**self.record.json, **data})

    def _asked(self, document: str, **variables: Any) -> dict[str, Any]:
        """What a document says of the entity of ``$id``; NotFound once it cannot be seen."""
        (found,) = self._client.execute(document, {"id": self.id, **variables}).values()
        if found is None:
            raise NotFound(f"The service has no {self!r} any more.")
        return found

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"
