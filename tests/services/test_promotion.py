"""Promotions: each asks the policy of the project that it is in, of the whole ancestry."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from graph_api.errors import PolicyUnknown, PolicyViolated, Tainted
from graph_api.graph import Query, Transaction
from graph_api.models.ledger import Drawn
from graph_api.models.policy import Barrier, ForbiddenTag, Policy, RequiredApproval
from graph_api.models.viewer import Viewer
from graph_api.services import (
    alias,
    approval,
    artifact,
    artifact_collection,
    deletion,
    ledger,
    membership,
    policy,
    project,
    withdrawal,
)
from graph_api.settings import Limits
from tests.services.test_withdrawal import derived
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes

NO_PII = ForbiddenTag(tag="pii", barriers=(Barrier(project="digits", experiment="anonymise"),))


async def ruled(world: World, rules: Policy | None, name: str = "digits") -> None:
    await policy.set_policy(world.graph, world.viewer, LIMITS, name, rules)


async def protected(world: World, collection: str, *names: str) -> None:
    id = (await world.collection(collection)).id
    await artifact.protect_aliases(world.graph, world.viewer, LIMITS, id, names, protected=True)


async def staged(world: World, id: str, stage: str, within: str = "digits") -> object:
    return await membership.register(world.graph, world.viewer, LIMITS, within, "svm", id, stage)


async def pointed(world: World, id: str, name: str) -> object:
    return await artifact.add_aliases(world.graph, world.viewer, LIMITS, id, [name])


async def test_what_came_of_a_forbidden_tag_is_promoted_nowhere_but_through_a_barrier(
    world: World,
) -> None:
    raw = (await world.log("raw", {"a": b"raw"}, tags=("pii",))).id
    clean = await derived(world, "clean", raw)
    model = await derived(world, "model", clean, aliases=("best",))
    await staged(world, model, "NONE")
    await protected(world, "model", "prod")
    await ruled(world, Policy(forbidden_tags=(NO_PII,)))
    seen = await world.snapshot()

    promotions: list[Callable[[], Awaitable[object]]] = [
        lambda: staged(world, model, "PRODUCTION"),
        lambda: staged(world, model, "one of ours"),
        lambda: pointed(world, model, "prod"),
        lambda: protected(world, "model", "best"),
    ]
    for promote in promotions:
        with pytest.raises(PolicyViolated, match=f"{raw!r} has the tag 'pii'") as refused:
            await promote()
        path = refused.value.path
        assert (path[0], path[2], path[4]) == (raw, clean, model)
        assert len(path) == 5
    assert await world.snapshot() == seen

    # What is no promotion goes on.
    await staged(world, model, "DEPRECATED")
    await pointed(world, model, "another")
    # One way through the barrier is not enough while there is another.
    washed = await world.run(experiment="anonymise", used=(raw,))
    anew = (await world.log("clean", {"own": b"anew"}, run_id=washed)).id
    good = await derived(world, "good", anew)
    mixed = await derived(world, "mixed", anew, clean)
    await staged(world, good, "PRODUCTION")
    with pytest.raises(PolicyViolated) as refused:
        await staged(world, mixed, "PRODUCTION")
    assert refused.value.path[0] == raw
    assert washed not in refused.value.path
    # Computed, never copied: the tag goes, and so does all that stood against it.
    await artifact.update(world.graph, world.viewer, LIMITS, raw, remove_tags=["pii"])
    for promote in promotions:
        await promote()


async def test_the_policy_is_that_of_the_project_that_it_is_promoted_in(world: World) -> None:
    raw = (await world.log("raw", {"a": b"raw"}, tags=("pii",))).id
    await protected(world, "raw", "prod")
    await project.create(world.graph, world.viewer, LIMITS, "shop")
    await ruled(world, Policy(forbidden_tags=(NO_PII,)), "shop")

    await staged(world, raw, "PRODUCTION")
    await pointed(world, raw, "prod")
    with pytest.raises(PolicyViolated, match="project 'shop'"):
        await staged(world, raw, "PRODUCTION", "shop")

    # Its collection's project is where it lies by then; nothing protected comes there unasked.
    other = (await world.log("raw", {"a": b"other"})).id
    collection = (await world.collection("raw")).id
    seq = (await ledger.now(world.graph, world.viewer)).seq
    with pytest.raises(PolicyViolated, match="project 'shop'"):
        await artifact_collection.move(world.graph, world.viewer, collection, "shop")
    assert (await world.collection("raw")).id == collection
    assert (await ledger.now(world.graph, world.viewer)).seq == seq
    await pointed(world, other, "prod")
    await artifact_collection.move(world.graph, world.viewer, collection, "shop")
    with pytest.raises(PolicyViolated):
        await pointed(world, raw, "prod")


async def test_without_a_policy_a_promotion_asks_once_whether_there_is_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = (await world.log("raw", {"a": b"raw"})).id
    made = await derived(world, "made", raw)
    asked: list[str] = []
    fetch = Transaction.fetch

    async def counted(tx: Transaction, query: Query[Any], **parameters: Any) -> list[Any]:
        asked.append(query.name)
        return await fetch(tx, query, **parameters)

    monkeypatch.setattr(Transaction, "fetch", counted)
    await staged(world, made, "PRODUCTION")
    promoted = asked.copy()
    await ruled(world, Policy(greatest_age=1_000))
    asked.clear()
    await staged(world, made, "STAGING")

    def of_promotions(names: list[str]) -> list[str]:
        return [it for it in names if it.startswith(("policy/", "approval/", "lineage/"))]

    assert of_promotions(promoted) == ["policy/governing"]
    walked = ["lineage/upstream"] * 3
    judged = ["policy/versions", "approval/standing"]
    assert of_promotions(asked) == ["policy/governing", *walked, *judged]


async def test_a_commit_under_a_protected_alias_is_judged_by_what_its_run_used(
    world: World,
) -> None:
    raw = (await world.log("raw", {"a": b"raw"}, tags=("pii",))).id
    await world.log("model", {"own": b"0"}, aliases=("prod",))
    await protected(world, "model", "prod")
    await ruled(world, Policy(forbidden_tags=(NO_PII,)))

    with pytest.raises(PolicyViolated) as refused:
        await derived(world, "model", raw, aliases=("prod",))
    made = await derived(world, "model", aliases=("prod",))

    assert refused.value.path[0] == raw
    assert await alias.by_artifacts(world.graph, world.viewer, [made]) == [("prod",)]


async def test_a_license_is_known_of_each_origin_and_allowed(world: World) -> None:
    free = await world.log("free", {"a": b"1"}, metadata={"license": "apache-2.0"})
    none = await world.log("none", {"a": b"2"}, metadata={"license": None})
    bound = await world.log("bound", {"a": b"3"}, metadata={"license": "GPL-3.0-only"})
    await ruled(world, Policy(allowed_licenses=("Apache-2.0", "MIT")))

    await staged(world, await derived(world, "one", free.id), "PRODUCTION")
    for other, says in ((none, "says no license"), (bound, "'GPL-3.0-only', which is not")):
        made = await derived(world, f"of {other.id[-4:]}", free.id, other.id)
        with pytest.raises(PolicyViolated, match=says) as refused:
            await staged(world, made, "PRODUCTION")
        assert refused.value.path[0] == other.id
    # A run that used nothing does not make an unknown license known.
    with pytest.raises(PolicyViolated, match="says no license"):
        await staged(world, await derived(world, "ingested"), "PRODUCTION")


async def test_a_license_of_what_came_of_others_is_read_whatever_it_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = (await world.log("free", {"a": b"1"}, metadata={"license": "MIT"})).id
    fine = [
        await derived(world, name, free, metadata={"license": said, "of": {"license": 1}})
        for name, said in (("null", None), ("blank", " "), ("mit", "mit"))
    ]
    listed = await derived(world, "listed", free, metadata={"license": ["GPL-3.0-only"]})
    numbered = await derived(world, "numbered", free, metadata={"license": 5})
    # More keys come first than are properties.
    many = {f"a{number}": number for number in range(100)} | {"license": "GPL-3.0-only"}
    monkeypatch.setattr("tests.services.world.LIMITS", Limits(metadata_keys=101))
    wide = await derived(world, "wide", free, metadata=many)
    await ruled(world, Policy(allowed_licenses=("MIT", "5")))

    for id in fine:
        await staged(world, id, "PRODUCTION")
    for id, says in (
        (listed, r"""'["GPL-3.0-only"]'"""),
        (numbered, "'5'"),
        (wide, "'GPL-3.0-only'"),
    ):
        with pytest.raises(PolicyViolated) as refused:
            await staged(world, id, "PRODUCTION")
        assert f"has the license {says}, which is not allowed" in str(refused.value)
        assert refused.value.path == (id,)


async def test_an_approval_is_needed_of_two_people_who_did_not_make_it(world: World) -> None:
    model = (await world.log("model", {"a": b"1"})).id
    other = (await world.log("model", {"a": b"2"})).id
    required = (RequiredApproval(name="legal", by=("grace", "joan")), RequiredApproval(name="safe"))
    await ruled(world, Policy(required_approvals=required))

    async def approve(user: str, name: str, id: str = model) -> None:
        viewer = world.viewer.model_copy(update={"user": user})
        await approval.approve(world.graph, viewer, LIMITS, id, name, "")

    async def lacking() -> list[str | None]:
        found = await policy.checked(
            world.graph, world.viewer, model, Policy(required_approvals=required), seconds=10
        )
        return [it.value for it in found.violations]

    assert await lacking() == ["legal", "safe"]
    await approve(world.viewer.user, "safe")
    await approve("mary", "legal")
    await approve("joan", "legal", other)
    assert await lacking() == ["legal", "safe"]
    await approve("grace", "safe")
    await approve("grace", "legal")
    assert await lacking() == ["safe"]
    with pytest.raises(PolicyViolated, match="lacks the approval 'safe'"):
        await staged(world, model, "PRODUCTION")
    await approve("joan", "safe")
    assert await lacking() == []
    await staged(world, model, "PRODUCTION")
    await approval.revoke(world.graph, world.viewer, model, "legal", "grace")
    with pytest.raises(PolicyViolated, match="lacks the approval 'legal'"):
        await staged(world, model, "STAGING")


async def test_what_the_viewer_may_not_see_is_unknown_and_never_judged(world: World) -> None:
    secret = await world.log("raw", {"a": b"raw"}, project="secret", tags=("pii",))
    model = await derived(world, "model", secret.id)
    ids = [await world.project(name) for name in ("digits", "secret")]
    limited = world.viewer.model_copy(update={"projects": (ids[0],)})
    tags = ("pii", "nothing has this")
    told: list[str] = []
    for tag in tags:
        rules = Policy(forbidden_tags=(ForbiddenTag(tag=tag),))
        await ruled(world, rules)
        with pytest.raises(PolicyUnknown) as refused:
            await membership.register(
                world.graph, limited, LIMITS, "digits", "svm", model, "PRODUCTION"
            )
        assert (refused.value.path[0], refused.value.path[-1]) == ("(hidden)", model)
        assert secret.id not in str(refused.value)
        told.append(str(refused.value))
    assert told[0] == told[1]
    await ruled(world, Policy(forbidden_tags=(ForbiddenTag(tag="pii"),)))
    with pytest.raises(PolicyViolated):
        await staged(world, model, "PRODUCTION")

    allowed = Policy(forbidden_tags=(ForbiddenTag(tag="pii"),), hidden="ALLOW")
    await ruled(world, allowed)
    await membership.register(world.graph, limited, LIMITS, "digits", "svm", model, "PRODUCTION")


async def test_a_roll_back_is_a_promotion_and_the_trash_gives_no_protected_alias_back(
    world: World,
) -> None:
    graph, viewer = world.graph, world.viewer
    old = (await world.log("model", {"a": b"1"}, tags=("pii",), aliases=("prod", "best"))).id
    new = (await world.log("model", {"a": b"2"})).id
    await protected(world, "model", "prod")
    for id in (old, new):
        joined = await membership.register(graph, viewer, LIMITS, "digits", "svm", id, "PRODUCTION")
    await ruled(world, Policy(forbidden_tags=(NO_PII,)))

    with pytest.raises(PolicyViolated):
        await membership.roll_back(
            graph, viewer, joined.container_id, "PRODUCTION", joined.index, None
        )
    await deletion.delete(
        graph, world.blobs, viewer, [old], force=True, trash_seconds=60, seconds=10
    )
    await deletion.restore(graph, viewer, [old])
    assert await alias.by_artifacts(graph, viewer, [old]) == [("best",)]


async def test_only_what_gets_a_protected_alias_back_is_judged_and_all_of_it_by_one_deadline(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph, viewer = world.graph, world.viewer
    ids = [
        (await world.log("model", {"a": text.encode()}, aliases=aliases)).id
        for text, aliases in (("1", ("prod",)), ("2", ("live",)), ("3", ("best",)), ("4", ()))
    ]
    await protected(world, "model", "prod", "live")
    await project.create(graph, viewer, LIMITS, "shop")
    asked: list[tuple[str, float]] = []
    check = policy.check

    async def noted(
        tx: Transaction, viewer: Viewer, id: str, within: str, drawn: Drawn, deadline: float
    ) -> None:
        asked.append((id, deadline))
        await check(tx, viewer, id, within, drawn, deadline)

    monkeypatch.setattr(policy, "check", noted)
    await deletion.delete(graph, world.blobs, viewer, ids, force=True, trash_seconds=60, seconds=10)
    await deletion.restore(graph, viewer, ids)
    restored = asked.copy()
    asked.clear()
    await artifact_collection.move(graph, viewer, (await world.collection("model")).id, "shop")

    for judged in (restored, asked):
        assert {id for id, _ in judged} == {*ids[:2]}
        assert len({deadline for _, deadline in judged}) == 1
    assert await alias.by_artifacts(graph, viewer, ids) == [("prod",), ("live",), ("best",), ()]


async def test_a_withdrawal_refuses_whatever_the_policy_says(world: World) -> None:
    raw = (await world.log("raw", {"a": b"raw"})).id
    await ruled(world, Policy(greatest_age=1_000))
    await staged(world, raw, "PRODUCTION")
    await withdrawal.withdraw(world.graph, world.viewer, raw, "Wrong.")

    with pytest.raises(Tainted):
        await staged(world, raw, "STAGING")
