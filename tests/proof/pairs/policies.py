"""Pairs of a promotion and what it is judged by."""

from graph_api.models.policy import ForbiddenTag, Policy, RequiredApproval
from graph_api.services import approval, artifact, membership, policy
from tests.proof.interleaved import Operation
from tests.proof.pair import Two, on, pair, version
from tests.services.world import LIMITS, World

NO_PII = Policy(forbidden_tags=(ForbiddenTag(tag="pii"),))
LEGAL = Policy(required_approvals=(RequiredApproval(name="legal"),))


def promoted(world: World, id: str) -> Operation:
    return on(
        world,
        lambda w: membership.register(w.graph, w.viewer, LIMITS, "digits", "svm", id, "PRODUCTION"),
    )


def ruled(world: World, rules: Policy | None) -> Operation:
    return on(world, lambda w: policy.set_policy(w.graph, w.viewer, LIMITS, "digits", rules))


async def approved(world: World, id: str, note: str = "") -> None:
    grace = world.viewer.model_copy(update={"user": "grace"})
    await approval.approve(world.graph, grace, LIMITS, id, "legal", note)


async def revoked(world: World, id: str) -> None:
    await approval.revoke(world.graph, world.viewer, id, "legal", "grace")


@pair("policy.change.set_policy", "membership.add")
async def a_policy_and_a_promotion_that_it_forbids(world: World) -> Two:
    raw, made = [await version(world, name, b"x", tags=(name,)) for name in ("pii", "made")]
    await world.link(raw, made)
    return ruled(world, NO_PII), promoted(world, made)


@pair("policy.change.set_policy")
async def two_policies(world: World) -> Two:
    await world.project()
    return ruled(world, NO_PII), ruled(world, LEGAL)


@pair("policy.change.set_policy")
async def a_policy_and_its_end(world: World) -> Two:
    await world.project()
    await policy.set_policy(world.graph, world.viewer, LIMITS, "digits", LEGAL)
    return ruled(world, NO_PII), ruled(world, None)


@pair("approval.approve", "membership.add")
async def an_approval_and_the_promotion_that_needs_it(world: World) -> Two:
    made = await version(world, "made", b"x")
    await policy.set_policy(world.graph, world.viewer, LIMITS, "digits", LEGAL)
    return on(world, lambda w: approved(w, made)), promoted(world, made)


@pair("approval.revoke", "membership.add")
async def the_end_of_an_approval_and_the_promotion_that_needs_it(world: World) -> Two:
    made = await version(world, "made", b"x")
    await approved(world, made)
    await policy.set_policy(world.graph, world.viewer, LIMITS, "digits", LEGAL)
    return on(world, lambda w: revoked(w, made)), promoted(world, made)


@pair("approval.approve", "approval.revoke")
async def an_approval_with_another_note_and_its_end(world: World) -> Two:
    made = await version(world, "made", b"x")
    await approved(world, made, "one")
    return on(world, lambda w: approved(w, made, "two")), on(world, lambda w: revoked(w, made))


@pair("artifact.change.update", "membership.add")
async def a_forbidden_tag_and_a_promotion_of_what_came_of_it(world: World) -> Two:
    raw, made = [await version(world, name, b"x") for name in ("raw", "made")]
    await world.link(raw, made)
    await policy.set_policy(world.graph, world.viewer, LIMITS, "digits", NO_PII)

    async def tag(w: World) -> None:
        await artifact.update(w.graph, w.viewer, LIMITS, raw, add_tags=["pii"])

    return on(world, tag), promoted(world, made)
