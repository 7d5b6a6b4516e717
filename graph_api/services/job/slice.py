"""What a slice of a job is given, and how it says what it has done."""

from dataclasses import dataclass

from graph_api.blobs import BlobStore
from graph_api.graph import Graph, Transaction, cypher
from graph_api.models.artifact import Id
from graph_api.models.job import Job, Verified
from graph_api.models.viewer import Viewer
from graph_api.services.lease import Lost
from graph_api.settings import Settings

ADVANCE = cypher("job/advance", Id)
GIVE_BACK = cypher("job/give_back", Id)

# Tries of one slice, after which what the store fails to read is told as a fault, or the job ends.
TRIES = 8


@dataclass(frozen=True)
class Slice:
    """A part of a job, for as long as its lease is held."""

    graph: Graph
    blobs: BlobStore
    settings: Settings
    viewer: Viewer
    """Who started the job, with their rights of now."""
    job: Job
    lease: str

    @property
    def last(self) -> bool:
        """Whether this is the last try of several."""
        return self.job.tries >= TRIES

    async def advance(
        self, graph: Graph | Transaction, count: int, position: int, result: Verified | None = None
    ) -> None:
        """Say that so many more are done, and where to go on, and give the job back; Lost."""
        advanced = await graph.write(
            ADVANCE,
            id=self.job.id,
            lease=self.lease,
            # What came since it was counted is done, too, but not told.
            done=min(self.job.done + count, self.job.total),
            position=position,
            result=result.model_dump_json() if result else None,
        )
        if not advanced:
            raise Lost

    async def give_back(self) -> None:
        """Have this slice done in the job's next turn; of all its tries that is never the last."""
        held = {"id": self.job.id, "lease": self.lease}
        await self.graph.write(
            GIVE_BACK, tries=min(self.job.tries, TRIES - 2), microseconds=0, **held
        )
