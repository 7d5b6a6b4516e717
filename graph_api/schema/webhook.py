"""Webhooks in the schema: who is told what happens, and how far that has come."""

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Self, cast

import strawberry

from graph_api.errors import UnknownId
from graph_api.models import webhook as models
from graph_api.models.notice import Type
from graph_api.models.page import Listed, Stretch, Window, page_of
from graph_api.schema.connection import Connection
from graph_api.schema.context import Info
from graph_api.schema.entity import Entity, Node, load
from graph_api.schema.errors import ConflictError, InvalidInputError, NotFoundError
from graph_api.schema.lineage import Direction
from graph_api.schema.scalars import BigInt
from graph_api.services import webhook

if TYPE_CHECKING:
    from graph_api.schema.project import Project

LazyProject = Annotated["Project", strawberry.lazy("graph_api.schema.project")]


@strawberry.enum(
    description="What a webhook can be told of. The first are about what is in its project, the "
    "last two about the entity `of`, wherever it is."
)
class WebhookEvent(Enum):
    ARTIFACT_COMMITTED = strawberry.enum_value(
        "artifact.committed", description="A version was committed."
    )
    ARTIFACT_DELETED = strawberry.enum_value(
        "artifact.deleted", description="Versions were put into the trash."
    )
    ARTIFACT_RESTORED = strawberry.enum_value(
        "artifact.restored", description="Versions came back from the trash."
    )
    ARTIFACT_WITHDRAWN = strawberry.enum_value(
        "artifact.withdrawn", description="Versions were withdrawn: nobody is to use them any more."
    )
    ALIAS_MOVED = strawberry.enum_value(
        "alias.moved",
        description="Aliases came to versions, or left them: also with a commit or a deletion.",
    )
    STAGE_CHANGED = strawberry.enum_value(
        "stage.changed",
        description="Versions of a model came to a stage, which they do when they are registered, "
        "too.",
    )
    ENTITY_CHANGED = strawberry.enum_value(
        "entity.changed", description="Whatever changes of one entity, as `entityChanged` tells."
    )
    LINEAGE_CHANGED = strawberry.enum_value(
        "lineage.changed",
        description="Whatever changes in the lineage of one entity, as `lineageChanged` tells.",
    )

    @property
    def row(self) -> Type:
        return cast("Type", self.value)


@strawberry.type(description="Why the last event was not taken.")
class WebhookError:
    message: str = strawberry.field(
        description="A sentence that an administrator of the project can act on."
    )
    code: str = strawberry.field(
        description="A name of the fault that does not change; docs/errors.md lists them all."
    )


@strawberry.type(
    description="An address that is told what happens, as Standard Webhooks says: each event at "
    "least once, and in the order of `seq`, also after the service was killed. It tells what "
    "whoever made it, or changed it last, may see at the time. An event that is not taken (by a "
    "status from 200 to 299, within 15 seconds) is told again after a second, then ever later, up "
    "to four hours; the next ones wait. After five days of that the webhook is disabled. "
    "docs/webhooks.md says what a receiver needs to know."
)
class Webhook(Node):
    url: str = strawberry.field(description="The address that is told, by POST.")
    events: list[WebhookEvent] = strawberry.field(description="What it is told of.")
    direction: Direction | None = strawberry.field(
        description="Which lineage of `of` LINEAGE_CHANGED is about; null without that."
    )
    enabled: bool = strawberry.field(
        description="Whether it is told anything; what happens meanwhile is told once it is."
    )
    seq: BigInt = strawberry.field(
        description="A place in the ledger: all events up to it were taken."
    )
    status: int | None = strawberry.field(
        description="The HTTP status of the last answer; null where there was none."
    )
    error: WebhookError | None = strawberry.field(
        description="Why the last event was not taken; null where it was."
    )
    failing_since: datetime | None = strawberry.field(
        description="When the first of these tries was, in UTC; null where it was taken."
    )
    delivered_at: datetime | None = strawberry.field(
        description="When an event was taken last, in UTC; null where none has been."
    )
    created_at: datetime = strawberry.field(description="When it was created, in UTC.")
    created_by: str = strawberry.field(description="Who created it.")
    updated_at: datetime = strawberry.field(description="When somebody changed it last, in UTC.")
    updated_by: str = strawberry.field(description="Who changed it last.")
    project_id: strawberry.Private[str]
    of_id: strawberry.Private[str | None]

    @classmethod
    def of(cls, row: models.Webhook) -> Self:
        error = None
        if row.error_code is not None:
            error = WebhookError(message=row.error_message or "", code=row.error_code)
        return cls(
            id=strawberry.ID(row.id),
            url=row.url,
            events=[WebhookEvent(type) for type in row.events],
            direction=row.direction and Direction[row.direction],
            enabled=row.enabled,
            seq=BigInt(row.seq),
            status=row.status,
            error=error,
            failing_since=row.failing_since,
            delivered_at=row.delivered_at,
            created_at=row.created_at,
            created_by=row.created_by,
            updated_at=row.updated_at,
            updated_by=row.updated_by,
            project_id=row.project_id,
            of_id=row.of,
        )

    @strawberry.field(description="The project whose events it is told.")
    async def project(self, info: Info) -> LazyProject:
        from graph_api.schema.project import Project

        found = await load(info, Project, self.project_id)
        if found is None:
            raise UnknownId("Project", self.project_id)
        return found

    @strawberry.field(
        description="The entity that ENTITY_CHANGED and LINEAGE_CHANGED are about; null for none, "
        "or for one that the viewer may not see."
    )
    async def subject(self, info: Info) -> Entity | None:
        from graph_api.schema.node import load_by_id

        found = await load_by_id(info, [self.of_id] if self.of_id else [])
        return found.get(self.of_id or "")


async def webhooks(info: Info, project_id: str, window: Window) -> Connection[Webhook]:
    """A page of a project's webhooks, the oldest first; Forbidden for who is no administrator."""
    info.context.viewer.require("admin", project_id)
    rows = await info.context.load(webhook.by_projects, project_id)

    async def read(stretch: Stretch) -> Listed[models.Webhook]:
        return stretch.of(rows, lambda row: row.id)

    page = await page_of(window, read)
    return Connection[Webhook].of(page, [*map(Webhook.of, page.items)])


_OF = (
    "Id of the entity that ENTITY_CHANGED and LINEAGE_CHANGED are about, and only with one of them."
)
_DIRECTION = "Which lineage of it LINEAGE_CHANGED is about; BOTH unless given."


@strawberry.input(description="An address to tell what happens from now on.")
class CreateWebhookInput:
    project: str = strawberry.field(
        description="Name of its project, which is made where there is none."
    )
    url: str = strawberry.field(
        description="The address: `https://…`, or `http://…` in a network that the operator allows "
        "(`GRAPH_API_EGRESS_ALLOW`), as are all that are not the Internet's."
    )
    events: list[WebhookEvent] = strawberry.field(description="What to tell.")
    of: strawberry.ID | None = strawberry.field(default=None, description=_OF)
    direction: Direction | None = strawberry.field(default=None, description=_DIRECTION)


@strawberry.input(description="What to change of a webhook; what is left out stays.")
class UpdateWebhookInput:
    id: strawberry.ID = strawberry.field(description="Its id.")
    url: str | None = strawberry.field(default=None, description="Its new address.")
    events: list[WebhookEvent] | None = strawberry.field(
        default=None, description="What to tell from now on; `of` and `direction` belong to it."
    )
    of: strawberry.ID | None = strawberry.field(default=None, description=_OF)
    direction: Direction | None = strawberry.field(default=None, description=_DIRECTION)
    enabled: bool | None = strawberry.field(
        default=None, description="Whether to tell anything; it goes on where it was."
    )


@strawberry.input(description="A webhook whose secret is to be replaced.")
class RotateWebhookSecretInput:
    id: strawberry.ID = strawberry.field(description="Its id.")


@strawberry.input(description="A webhook that is to tell events again.")
class ReplayWebhookInput:
    id: strawberry.ID = strawberry.field(description="Its id.")
    after: BigInt = strawberry.field(
        description="The `seq` after which to begin: an earlier one than the webhook's tells again "
        "what was taken, a later one leaves out what was not."
    )


@strawberry.input(description="A webhook to delete, and its secret with it.")
class DeleteWebhookInput:
    id: strawberry.ID = strawberry.field(description="Its id.")


@strawberry.type(description="The webhook as it is now.")
class WebhookPayload:
    webhook: Webhook = strawberry.field(description="The webhook.")


@strawberry.type(description="The webhook, and what its receiver knows its messages by.")
class WebhookSecretPayload:
    webhook: Webhook = strawberry.field(description="The webhook.")
    secret: str = strawberry.field(
        description="`whsec_…`, as libraries of Standard Webhooks take it. It is shown here, once, "
        "and never again."
    )


@strawberry.type(description="The webhook and its secret are no more.")
class DeletedWebhookPayload:
    webhook: strawberry.ID = strawberry.field(description="The id that it had.")


WebhookResult = Annotated[
    WebhookPayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union("WebhookResult", description="The webhook, or why it is not as asked for."),
]
WebhookSecretResult = Annotated[
    WebhookSecretPayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union(
        "WebhookSecretResult", description="The webhook and its secret, or why there is none."
    ),
]
DeletedWebhookResult = Annotated[
    DeletedWebhookPayload | NotFoundError | InvalidInputError,
    strawberry.union(
        "DeletedWebhookResult", description="The id that it had, or why it is there still."
    ),
]


@strawberry.type
class WebhookQueries:
    @strawberry.field(
        description="A webhook by its id; null where the viewer administers no project with it."
    )
    async def webhook(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")]
    ) -> Webhook | None:
        row = await info.context.load(webhook.by_ids, str(id))
        return Webhook.of(row) if row else None


@strawberry.type
class WebhookMutations:
    @strawberry.mutation(
        description="Have an address told what happens in a project, or to an entity; takes the "
        "right to administer the project."
    )
    async def create_webhook(self, info: Info, input: CreateWebhookInput) -> WebhookSecretResult:
        context = info.context
        id, secret = await webhook.create(
            context.graph,
            context.keyring,
            context.viewer,
            context.settings,
            input.project,
            input.url,
            _types(input.events),
            input.of and str(input.of),
            input.direction and input.direction.row,
        )
        return WebhookSecretPayload(webhook=await _read(info, id), secret=secret.text())

    @strawberry.mutation(
        description="Change a webhook, which from then on tells what whoever changes it may see, "
        "and tries at once what was not taken; takes the right to administer the project."
    )
    async def update_webhook(self, info: Info, input: UpdateWebhookInput) -> WebhookResult:
        await webhook.update(
            info.context.graph,
            info.context.viewer,
            str(input.id),
            url=input.url,
            events=None if input.events is None else _types(input.events),
            of=input.of and str(input.of),
            direction=input.direction and input.direction.row,
            enabled=input.enabled,
        )
        return WebhookPayload(webhook=await _read(info, str(input.id)))

    @strawberry.mutation(
        description="Sign what a webhook tells with a new secret, and for a day with the one "
        "before, too; takes the right to administer the project."
    )
    async def rotate_webhook_secret(
        self, info: Info, input: RotateWebhookSecretInput
    ) -> WebhookSecretResult:
        context = info.context
        secret = await webhook.rotate_secret(
            context.graph, context.keyring, context.viewer, str(input.id)
        )
        return WebhookSecretPayload(webhook=await _read(info, str(input.id)), secret=secret.text())

    @strawberry.mutation(
        description="Tell events again, under the ids that they had; takes the right to administer "
        "the project."
    )
    async def replay_webhook(self, info: Info, input: ReplayWebhookInput) -> WebhookResult:
        context = info.context
        await webhook.replay(context.graph, context.viewer, str(input.id), input.after)
        return WebhookPayload(webhook=await _read(info, str(input.id)))

    @strawberry.mutation(
        description="Tell an address nothing any more; takes the right to administer the project."
    )
    async def delete_webhook(self, info: Info, input: DeleteWebhookInput) -> DeletedWebhookResult:
        await webhook.delete(info.context.graph, info.context.viewer, str(input.id))
        return DeletedWebhookPayload(webhook=input.id)


def _types(events: list[WebhookEvent]) -> list[Type]:
    return [event.row for event in events]


async def _read(info: Info, id: str) -> Webhook:
    return Webhook.of(await webhook.checked(info.context.graph, info.context.viewer, id))
