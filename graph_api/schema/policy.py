"""Policies in the schema: what a project asks of what is promoted in it."""

from enum import Enum
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.models import policy as models
from graph_api.models.page import Listed, Stretch, Window, page_of
from graph_api.schema.connection import PAGED, Connection
from graph_api.schema.context import Info
from graph_api.schema.errors import ConflictError, InvalidInputError, NotFoundError
from graph_api.schema.lineage import IncompleteReason
from graph_api.schema.scalars import BigInt
from graph_api.services import policy, project

if TYPE_CHECKING:
    from graph_api.schema.entity import Entity
    from graph_api.schema.project import Project

LazyEntity = Annotated["Entity", strawberry.lazy("graph_api.schema.entity")]
LazyProject = Annotated["Project", strawberry.lazy("graph_api.schema.project")]

_ALLOWED = (
    "Identifiers of SPDX: each version says one of these in its metadata, as `license`, or came of "
    "others and says none. They are compared as whole texts, in any case. Null allows every one."
)
_TAGS = "Tags that no version may have."
_APPROVALS = (
    "Approvals that the version itself needs, each of somebody else, who did not create it."
)
_AGE = "Seconds since the commit of each version that came of no other; null for any."
_HIDDEN = "What becomes of a version that came of what the viewer may not see."
_BARRIERS = "The tag ends on each way that leads through one of these runs."
_TAG = "The tag."
_NAME = "As what it is approved, such as `legal`."
_BY = "The users who may give it; null for whoever may write to the project of the version."
_PROJECT = "Name of the project."
_EXPERIMENT = "Name of the experiment."


@strawberry.enum(description="What becomes of a version that came of what the viewer may not see.")
class HiddenAncestry(Enum):
    REFUSE = strawberry.enum_value(
        "REFUSE", description="It is not promoted: what is unknown may break a rule."
    )
    ALLOW = strawberry.enum_value(
        "ALLOW", description="Only what the viewer sees is judged, and whether that passes."
    )


@strawberry.type(description="Runs at which a tag ends, as those of a job that anonymises.")
class Barrier:
    project: str = strawberry.field(description=_PROJECT)
    experiment: str = strawberry.field(description=_EXPERIMENT)


@strawberry.type(
    description="A tag that nothing may have which is promoted, nor anything that it came of."
)
class ForbiddenTag:
    tag: str = strawberry.field(description=_TAG)
    barriers: list[Barrier] = strawberry.field(description=_BARRIERS)


@strawberry.type(description="An approval that a promotion needs.")
class RequiredApproval:
    name: str = strawberry.field(description=_NAME)
    by: list[str] | None = strawberry.field(description=_BY)


@strawberry.type(
    description="What a project asks of each version that is promoted in it (into a stage of a "
    "model but NONE, ABANDONED and DEPRECATED, or to a protected alias), and of all that it came "
    "of. Withdrawals are apart from it."
)
class Policy:
    allowed_licenses: list[str] | None = strawberry.field(description=_ALLOWED)
    forbidden_tags: list[ForbiddenTag] = strawberry.field(description=_TAGS)
    required_approvals: list[RequiredApproval] = strawberry.field(description=_APPROVALS)
    greatest_age: BigInt | None = strawberry.field(description=_AGE)
    hidden: HiddenAncestry = strawberry.field(description=_HIDDEN)

    @classmethod
    def of(cls, row: models.Policy) -> Self:
        return cls(
            allowed_licenses=None if row.allowed_licenses is None else [*row.allowed_licenses],
            forbidden_tags=[
                ForbiddenTag(
                    tag=it.tag,
                    barriers=[
                        Barrier(project=barrier.project, experiment=barrier.experiment)
                        for barrier in it.barriers
                    ],
                )
                for it in row.forbidden_tags
            ],
            required_approvals=[
                RequiredApproval(name=it.name, by=None if it.by is None else [*it.by])
                for it in row.required_approvals
            ],
            greatest_age=None if row.greatest_age is None else BigInt(row.greatest_age),
            hidden=HiddenAncestry(row.hidden),
        )


@strawberry.enum(description="The rules of a policy.")
class PolicyRule(Enum):
    LICENSE = strawberry.enum_value("LICENSE", description="`allowedLicenses`.")
    TAG = strawberry.enum_value("TAG", description="`forbiddenTags`.")
    APPROVAL = strawberry.enum_value("APPROVAL", description="`requiredApprovals`.")
    AGE = strawberry.enum_value("AGE", description="`greatestAge`.")


@strawberry.type(description="A rule that something breaks.")
class Violation:
    rule: PolicyRule = strawberry.field(description="The rule.")
    value: str | None = strawberry.field(
        description="The license, null where it is unknown; the tag; the approval that lacks; or "
        "the age in seconds."
    )
    entity: LazyEntity = strawberry.field(description="What breaks it.")
    path: list[strawberry.ID] = strawberry.field(
        description="Ids along which data flows, a shortest way from there to the version; "
        "`(hidden)` for what the viewer may not see. Of a tag one that leads through no barrier."
    )
    message: str = strawberry.field(description="The same as a sentence.")


@strawberry.type(
    description="How a version stands by a policy, as far as the viewer sees what it came of."
)
class PolicyCheck:
    passes: bool = strawberry.field(
        description="Whether it may be promoted: it breaks no rule, and nothing is unknown but "
        "what the policy allows to be."
    )
    complete: bool = strawberry.field(
        description="Whether all was judged that it came of; else other violations may be there."
    )
    incomplete_because: list[IncompleteReason] = strawberry.field(
        description="Why not; empty exactly where it was."
    )
    row: strawberry.Private[models.Verdict]

    @classmethod
    def of(cls, row: models.Verdict) -> Self:
        return cls(
            passes=row.passes,
            complete=not row.incomplete_because,
            incomplete_because=[*map(IncompleteReason, row.incomplete_because)],
            row=row,
        )

    @strawberry.field(
        description="What breaks a rule, by rule, the nearest first.", extensions=PAGED
    )
    async def violations(self, info: Info, window: Window) -> Connection[Violation]:
        from graph_api.schema.node import load_by_id

        async def read(stretch: Stretch) -> Listed[models.Violation]:
            return stretch.of(self.row.violations, lambda row: row.place)

        page = await page_of(window, read)
        shown = await load_by_id(info, [row.entity_id for row in page.items])
        nodes = [
            Violation(
                rule=PolicyRule(row.rule),
                value=row.value,
                entity=shown[row.entity_id],
                path=[strawberry.ID(id) for id in row.path],
                message=row.says,
            )
            for row in page.items
            if row.entity_id in shown
        ]
        return Connection[Violation].of(page, nodes)


async def policy_check(info: Info, id: str, project_id: str, name: str | None) -> PolicyCheck:
    """How a version stands by the policy of the project of a name, or of its own."""
    context = info.context
    if name is None:
        within = await project.checked(context.graph, context.viewer, project_id)
    else:
        within = await project.named(context.graph, context.viewer, name)
    seconds = context.settings.lineage_seconds
    return PolicyCheck.of(
        await policy.checked(context.graph, context.viewer, id, within.policy, seconds=seconds)
    )


@strawberry.input(description="Runs at which a tag ends: those of one experiment.")
class BarrierInput:
    project: str = strawberry.field(description=_PROJECT)
    experiment: str = strawberry.field(description=_EXPERIMENT)


@strawberry.input(description="A tag that is forbidden.")
class ForbiddenTagInput:
    tag: str = strawberry.field(description=_TAG)
    barriers: list[BarrierInput] = strawberry.field(
        default_factory=list[BarrierInput], description=_BARRIERS
    )


@strawberry.input(description="An approval that is required.")
class RequiredApprovalInput:
    name: str = strawberry.field(description=_NAME)
    by: list[str] | None = strawberry.field(default=None, description=_BY)


@strawberry.input(description="The rules of a project; those that are left out ask nothing.")
class PolicyInput:
    allowed_licenses: list[str] | None = strawberry.field(default=None, description=_ALLOWED)
    forbidden_tags: list[ForbiddenTagInput] = strawberry.field(
        default_factory=list[ForbiddenTagInput], description=_TAGS
    )
    required_approvals: list[RequiredApprovalInput] = strawberry.field(
        default_factory=list[RequiredApprovalInput], description=_APPROVALS
    )
    greatest_age: BigInt | None = strawberry.field(default=None, description=_AGE)
    hidden: HiddenAncestry = strawberry.field(default=HiddenAncestry.REFUSE, description=_HIDDEN)

    @property
    def row(self) -> models.Policy:
        licenses = self.allowed_licenses
        return models.Policy(
            allowed_licenses=None if licenses is None else tuple(licenses),
            forbidden_tags=tuple(
                models.ForbiddenTag(
                    tag=it.tag,
                    barriers=tuple(
                        models.Barrier(project=barrier.project, experiment=barrier.experiment)
                        for barrier in it.barriers
                    ),
                )
                for it in self.forbidden_tags
            ),
            required_approvals=tuple(
                models.RequiredApproval(name=it.name, by=None if it.by is None else tuple(it.by))
                for it in self.required_approvals
            ),
            greatest_age=self.greatest_age,
            hidden=self.hidden.name,
        )


@strawberry.input(description="The policy of a project, whole.")
class SetPolicyInput:
    project: str = strawberry.field(description=_PROJECT)
    policy: PolicyInput | None = strawberry.field(
        default=None, description="Its rules; without any, it has no policy."
    )


@strawberry.type(description="The project with its policy.")
class PolicyPayload:
    project: LazyProject = strawberry.field(description="The project.")


PolicyResult = Annotated[
    PolicyPayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union("PolicyResult", description="The project, or why nothing has changed."),
]


@strawberry.type
class PolicyMutations:
    @strawberry.mutation(
        description="Replace what a project asks of what is promoted in it, all of it; takes the "
        "right to administer the project. What was promoted before stays where it is."
    )
    async def set_policy(self, info: Info, input: SetPolicyInput) -> PolicyResult:
        from graph_api.schema.entity import load
        from graph_api.schema.project import Project

        context = info.context
        id = await policy.set_policy(
            context.graph,
            context.viewer,
            context.settings,
            input.project,
            input.policy and input.policy.row,
        )
        found = await load(info, Project, id)
        assert found, id
        return PolicyPayload(project=found)
