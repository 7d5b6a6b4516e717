"""Words to start jobs with, and to do them as the sweeper does."""

from graph_api.models.artifact import Artifact
from graph_api.models.job import Job
from graph_api.models.page import Stretch
from graph_api.models.viewer import Viewer
from graph_api.services import entity, job
from graph_api.settings import Settings
from tests.services.world import World


async def deletion_of(
    world: World, name: str = "data", *, force: bool = False, viewer: Viewer | None = None
) -> str:
    """A job that deletes a collection of the project; its id."""
    id = (await world.collection(name)).id
    viewer = viewer or world.viewer
    return await job.delete_collection(world.graph, viewer, id, sure=True, really=True, force=force)


async def turn(world: World, id: str, *, keys: bool = False) -> Job:
    """The job after one more slice."""
    settings = Settings(keys=keys, trash_seconds=60)
    await job.take_turn(world.graph, world.blobs, settings, id)
    return await read(world, id)


async def done(world: World, id: str) -> Job:
    """The job after all of its slices."""
    while (row := await turn(world, id)).ended_at is None:
        assert row.status == "RUNNING"
    return row


async def read(world: World, id: str) -> Job:
    """The job as it is."""
    return await job.checked(world.graph, world.viewer, id)


def told(row: Job) -> tuple[str, int, int, str | None]:
    """How a job is doing, how far it is, and the code of what ended it."""
    return row.status, row.done, row.total, row.error_code


async def logged(world: World, count: int, name: str = "data", **new: object) -> list[str]:
    """Versions of a name, the oldest first; their ids."""
    made = [
        await world.log(name, {"a": f"{name} {number}".encode()}, **new) for number in range(count)
    ]
    return [one.id for one in made]


async def states(world: World, ids: list[str]) -> list[str]:
    found = await entity.by_ids(world.graph, world.viewer, Artifact, ids)
    return [row.state for row in found if row]


async def jobs_of(world: World, viewer: Viewer | None = None) -> list[str]:
    """The jobs of the project, as a list has them."""
    batch = job.OfProjects(Stretch(None, None, 100))
    (found,) = await batch(world.graph, viewer or world.viewer, [await world.project()])
    return [row.id for row in found.items]
