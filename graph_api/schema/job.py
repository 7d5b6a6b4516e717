"""Jobs in the schema: long work, of which a call answers the handle."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Self

import strawberry
from strawberry.scalars import JSON

from graph_api.errors import UnknownId
from graph_api.models import job as models
from graph_api.models.page import Window
from graph_api.schema.connection import Connection
from graph_api.schema.context import Info
from graph_api.schema.entity import Entity, Node, load
from graph_api.schema.errors import ConflictError, InvalidInputError, NotFoundError
from graph_api.schema.idempotency import Repeatable
from graph_api.services import job

if TYPE_CHECKING:
    from graph_api.schema.project import Project

LazyProject = Annotated["Project", strawberry.lazy("graph_api.schema.project")]


@strawberry.enum(description="What a job does.")
class JobKind(Enum):
    DELETE_COLLECTION = strawberry.enum_value(
        "DELETE_COLLECTION",
        description="It puts the versions that a collection had when the job was started into the "
        "trash; `done` and `total` count versions. `spec` has `force`, and as `below` the index of "
        "the version that was to come next.",
    )
    VERIFY_ARTIFACT = strawberry.enum_value(
        "VERIFY_ARTIFACT",
        description="It reads all files of a version from the store and compares their SHA-256; "
        "`done` and `total` count files. `result` has, of those that were read so far, how many "
        "`files` and `bytes` are stored, how many `references` were not read, and how many "
        "`faults` there are: paths that are `missing`, `damaged`, or `unreadable`, since the store "
        "failed again and again to read them (the first 100 of each), and files that are "
        "`unlisted`, since the manifest is damaged.",
    )


@strawberry.enum(description="How a job is doing.")
class JobStatus(Enum):
    QUEUED = strawberry.enum_value("QUEUED", description="It waits for its turn.")
    RUNNING = strawberry.enum_value("RUNNING", description="It goes on.")
    COMPLETED = strawberry.enum_value(
        "COMPLETED", description="It did all that it was to do; it may have found faults."
    )
    FAILED = strawberry.enum_value(
        "FAILED", description="It came to something that it cannot or may not do."
    )
    CANCELLED = strawberry.enum_value("CANCELLED", description="Someone ended it.")


@strawberry.type(description="Why a job did not do all that it was to do.")
class JobError:
    message: str = strawberry.field(description="A sentence that whoever started it can act on.")
    code: str = strawberry.field(
        description="A name of the fault that does not change; docs/errors.md lists them all."
    )


@strawberry.type(
    description="Long work that the service does by itself, some of it at a time, also after it "
    "was killed and started again. It may do what whoever started it may do at the time: a key "
    "that is revoked ends it. Thirty days after its end it goes."
)
class Job(Node):
    kind: JobKind = strawberry.field(description="What it does.")
    status: JobStatus = strawberry.field(description="How it is doing.")
    spec: JSON = strawberry.field(description="What it was asked for: a JSON object.")
    done: int = strawberry.field(
        description="How much of `total` is done; it stays done, whatever becomes of the job."
    )
    total: int = strawberry.field(description="How much there was to do when it was started.")
    progress: float = strawberry.field(description="The part that is done, from 0 to 1.")
    error: JobError | None = strawberry.field(
        description="Why it is FAILED or CANCELLED; null else."
    )
    result: JSON | None = strawberry.field(
        description="What it has found so far: a JSON object; null of a kind that finds nothing."
    )
    created_at: datetime = strawberry.field(description="When it was started, in UTC.")
    created_by: str = strawberry.field(description="Who started it.")
    started_at: datetime | None = strawberry.field(
        description="When its turn came, in UTC; null while it is QUEUED."
    )
    ended_at: datetime | None = strawberry.field(
        description="When it ended, in UTC; null while it is to go on."
    )
    project_id: strawberry.Private[str]
    subject_id: strawberry.Private[str]

    @classmethod
    def of(cls, row: models.Job) -> Self:
        error = None
        if row.error_code is not None:
            error = JobError(message=row.error_message or "", code=row.error_code)
        return cls(
            id=strawberry.ID(row.id),
            kind=JobKind[row.kind],
            status=JobStatus[row.status],
            spec=JSON(row.spec),
            done=row.done,
            total=row.total,
            progress=row.progress,
            error=error,
            result=JSON(row.result) if row.result else None,
            created_at=row.created_at,
            created_by=row.created_by,
            started_at=row.started_at,
            ended_at=row.ended_at,
            project_id=row.project_id,
            subject_id=row.subject_id,
        )

    @strawberry.field(description="The project in which it was started.")
    async def project(self, info: Info) -> LazyProject:
        from graph_api.schema.project import Project

        found = await load(info, Project, self.project_id)
        if found is None:
            raise UnknownId("Project", self.project_id)
        return found

    @strawberry.field(description="What it is about: the collection, or the version.")
    async def subject(self, info: Info) -> Entity:
        from graph_api.schema.node import load_by_id

        found = (await load_by_id(info, [self.subject_id])).get(self.subject_id)
        if found is None:
            raise UnknownId("Entity", self.subject_id)
        return found


async def jobs(info: Info, project_ids: Sequence[str], window: Window) -> list[Connection[Job]]:
    """A page of the jobs of each project, the newest first."""
    pages = await info.context.pages(job.OfProjects, project_ids, window)
    return Connection[Job].of_each(pages, lambda found: [*map(Job.of, found)])


@strawberry.input(description="A collection whose versions are all to be deleted.")
class DeleteArtifactCollectionInput(Repeatable):
    id: strawberry.ID = strawberry.field(description="Its id.")
    sure: bool = strawberry.field(default=False, description="Whether you are sure.")
    really: bool = strawberry.field(default=False, description="Whether you really are.")
    force: bool = strawberry.field(
        default=False,
        description="Delete also what something needs; takes the right to administer the project.",
    )


@strawberry.input(description="A version whose files are to be read from the store.")
class VerifyArtifactInput(Repeatable):
    artifact: strawberry.ID = strawberry.field(description="Its id.")


@strawberry.input(description="A job to end.")
class CancelJobInput:
    job: strawberry.ID = strawberry.field(description="Its id.")


@strawberry.type(description="The job as it is now.")
class JobPayload:
    job: Job = strawberry.field(description="The job.")


JobResult = Annotated[
    JobPayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union("JobResult", description="The job, or why there is none."),
]


@strawberry.type
class JobQueries:
    @strawberry.field(description="A job by its id; null where the viewer may see none.")
    async def job(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")]
    ) -> Job | None:
        row = await info.context.load(job.by_ids, str(id))
        return Job.of(row) if row else None


@strawberry.type
class JobMutations:
    @strawberry.mutation(
        description="Start a job that puts all versions of a collection into the trash, where both "
        "`sure` and `really` are true. Those that are logged meanwhile stay, and so do those that "
        "are restored once the job has passed them; restored before, they are deleted again. It "
        "goes from the newest down. What is deleted can "
        "be restored as every deleted version, also where the job comes to something that needs a "
        "version: then it is FAILED with NEEDED, unless forced. Neither versions of the same "
        "collection nor its aliases that are not protected stand against it. The collection stays, "
        "without versions: the next one has the next number, so none is given twice."
    )
    async def delete_artifact_collection(
        self, info: Info, input: DeleteArtifactCollectionInput
    ) -> JobResult:
        id = await job.delete_collection(
            info.context.graph,
            info.context.viewer,
            str(input.id),
            sure=input.sure,
            really=input.really,
            force=input.force,
            call=input.call(),
        )
        return await _payload(info, id)

    @strawberry.mutation(
        description="Start a job that reads all files of a version from the store and compares "
        "their SHA-256. References are not read. A job that finds faults is COMPLETED. It takes "
        "the right to write to the project."
    )
    async def verify_artifact(self, info: Info, input: VerifyArtifactInput) -> JobResult:
        context = info.context
        id = await job.verify_artifact(
            context.graph, context.viewer, str(input.artifact), input.call()
        )
        return await _payload(info, id)

    @strawberry.mutation(
        description="End a job; what it has done stays. One that has ended stays as it is."
    )
    async def cancel_job(self, info: Info, input: CancelJobInput) -> JobResult:
        await job.cancel(info.context.graph, info.context.viewer, str(input.job))
        return await _payload(info, str(input.job))


async def _payload(info: Info, id: str) -> JobPayload:
    row = await job.checked(info.context.graph, info.context.viewer, id)
    return JobPayload(job=Job.of(row))
