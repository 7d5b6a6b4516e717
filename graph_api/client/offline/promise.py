"""An artifact that was used by its name while nobody could be asked for it."""

from typing import TYPE_CHECKING, Any

from graph_api.client.artifact import Artifact
from graph_api.client.reference import is_id, parse
from graph_api.client.unknown import UnknownOffline

if TYPE_CHECKING:
    from graph_api.client.client import Client


class Promise(Artifact):
    """Stands for the version that the sync finds under the reference; its name alone is known.

    A run can use it, and things can be linked to it. To read anything else is UnknownOffline.
    """

    def __init__(self, client: "Client", id: str, reference: str) -> None:
        # What an artifact has is not there, so that whoever reads it is told.
        self._client = client
        self._promised, self._reference = id, reference

    @property
    def id(self) -> str:
        return self._promised

    @property
    def client(self) -> "Client":
        assert self._client
        return self._client

    @property
    def name(self) -> str:
        if is_id(self._reference):
            raise UnknownOffline(f"the artifact {self._reference!r}", "`name`")
        return parse(self._reference).name

    @property
    def state(self) -> str:
        return "COMMITTED"

    def __str__(self) -> str:
        return self._reference

    def __repr__(self) -> str:
        return f"<Artifact {self._reference} (offline)>"

    if not TYPE_CHECKING:

        def __getattr__(self, field: str) -> Any:
            what = "the files" if field in ("record", "_content") else f"`{field}`"
            raise UnknownOffline(f"the artifact {self.__dict__['_reference']!r}", what)
