"""Pairs of drafts and versions: their commits, aliases and tags."""

from typing import Any

from graph_api.models.artifact import NewArtifact
from graph_api.models.manifest import Entry
from graph_api.services import (
    artifact,
    artifact_collection,
    idempotency,
)
from tests.proof.interleaved import Operation
from tests.proof.pair import Two, add, filled, on, pair, version
from tests.services.world import LIMITS, World


def committed(world: World, draft: str) -> Operation:
    return on(world, lambda w: w.commit(draft))


def tagged(world: World, id: str, **changes: Any) -> Operation:
    return on(world, lambda w: artifact.update(w.graph, w.viewer, LIMITS, id, **changes))


def aliased(world: World, id: str, *names: str) -> Operation:
    return on(world, lambda w: artifact.add_aliases(w.graph, w.viewer, LIMITS, id, names))


def unaliased(world: World, id: str, *names: str) -> Operation:
    return on(world, lambda w: artifact.remove_aliases(w.graph, w.viewer, id, names))


async def rolled_back(world: World, believed: str) -> Operation:
    id = (await world.collection("a")).id

    async def work(w: World) -> object:
        return await artifact.roll_back_alias(w.graph, w.viewer, id, "best", believed, None)

    return on(world, work)


@pair("artifact.draft.create_draft", "entity.create_named")
async def two_drafts_of_one_name_and_two_types(world: World) -> Two:
    await world.project()
    one = on(world, lambda w: w.draft("a", type="dataset"))
    return one, on(world, lambda w: w.draft("a", type="model"))


@pair("artifact.commit.commit")
async def two_commits_to_one_name(world: World) -> Two:
    one = await filled(world, "a", b"1", aliases=("best",), run_id=await world.run(key="r1"))
    two = await filled(world, "a", b"2", aliases=("best",), run_id=await world.run(key="r2"))
    return committed(world, one), committed(world, two)


@pair("artifact.commit.commit")
async def two_commits_of_one_content(world: World) -> Two:
    one = await filled(world, "a", b"1", tags=("x",), run_id=await world.run(key="r1"))
    two = await filled(world, "a", b"1", tags=("y",), run_id=await world.run(key="r2"))
    return committed(world, one), committed(world, two)


@pair("artifact.commit.commit", "entity.update")
async def a_commit_and_a_rename_of_its_collection(world: World) -> Two:
    await version(world, "a", b"1")
    id, draft = (await world.collection("a")).id, await filled(world, "a", b"2")

    async def rename(w: World) -> None:
        await artifact_collection.update(w.graph, w.viewer, LIMITS, id, name="b")

    return committed(world, draft), on(world, rename)


@pair("artifact.commit.commit")
async def two_commits_of_one_content_to_two_names(world: World) -> Two:
    one, two = await filled(world, "a", b"1"), await filled(world, "b", b"1")
    return committed(world, one), committed(world, two)


@pair("artifact.commit.commit")
async def two_commits_of_one_version(world: World) -> Two:
    one = await filled(world, "a", b"1", version="2.0")
    return committed(world, one), committed(world, await filled(world, "a", b"2", version="2.0"))


@pair("artifact.commit.commit")
async def two_commits_of_one_draft(world: World) -> Two:
    draft = await filled(world, "a", b"1")
    return committed(world, draft), committed(world, draft)


@pair("artifact.commit.commit", "artifact.draft.add_files")
async def a_commit_and_one_more_file(world: World) -> Two:
    draft = await filled(world, "a", b"1")
    return committed(world, draft), on(world, lambda w: add(w, draft, "b", b"2"))


@pair("artifact.commit.commit", "artifact.draft.delete_draft")
async def a_commit_and_the_end_of_its_draft(world: World) -> Two:
    draft = await filled(world, "a", b"1")
    return committed(world, draft), on(
        world, lambda w: artifact.delete_draft(w.graph, w.viewer, draft)
    )


@pair("artifact.draft.delete_draft")
async def two_ends_of_one_draft(world: World) -> Two:
    draft = await filled(world, "a", b"1")
    end = on(world, lambda w: artifact.delete_draft(w.graph, w.viewer, draft))
    return end, end


@pair("artifact.draft.add_files")
async def two_more_files(world: World) -> Two:
    draft = await world.draft("a")
    one = on(world, lambda w: add(w, draft, "a", b"1"))
    return one, on(world, lambda w: add(w, draft, "a", b"2"))


@pair("artifact.draft.add_files", "artifact.draft.delete_draft")
async def one_more_file_and_the_end_of_its_draft(world: World) -> Two:
    draft = await world.draft("a")
    one = on(world, lambda w: add(w, draft, "a", b"1"))
    return one, on(world, lambda w: artifact.delete_draft(w.graph, w.viewer, draft))


@pair("artifact.commit.commit", "idempotency.once")
async def two_times_one_log_under_a_key(world: World) -> Two:
    await world.project()
    call = idempotency.call("k", ["logArtifact", "a"])
    new = NewArtifact(project="digits", name="a", type="dataset", deduplicate=False)
    file = artifact.Given(entry=Entry(path="a", size=None), content=b"1")

    async def work(w: World) -> object:
        return await artifact.log(w.graph, w.blobs, w.viewer, LIMITS, new, [file], call)

    return on(world, work), on(world, work)


@pair("artifact.commit.commit", "artifact.change.add_aliases")
async def a_commit_of_a_version_and_an_alias_of_its_name(world: World) -> Two:
    id = await version(world, "a", b"1")
    draft = await filled(world, "a", b"2", version="best")
    return committed(world, draft), aliased(world, id, "best")


@pair("artifact.commit.commit", "artifact.change.add_aliases")
async def a_commit_that_moves_an_alias_and_a_move(world: World) -> Two:
    id = await version(world, "a", b"1")
    draft = await filled(world, "a", b"2", aliases=("best", "first"))
    return committed(world, draft), aliased(world, id, "best")


@pair("artifact.change.add_aliases")
async def two_moves_of_an_alias(world: World) -> Two:
    one = await version(world, "a", b"1", aliases=("best", "other"))
    two, three = await version(world, "a", b"2"), await version(world, "a", b"3")
    assert one
    return aliased(world, two, "best", "other"), aliased(world, three, "best")


@pair("artifact.change.add_aliases", "artifact.change.remove_aliases")
async def a_move_and_a_removal_of_an_alias(world: World) -> Two:
    one = await version(world, "a", b"1", aliases=("best",))
    two = await version(world, "a", b"2")
    return aliased(world, two, "best"), unaliased(world, one, "best")


@pair("artifact.change.roll_back_alias")
async def two_roll_backs_of_an_alias(world: World) -> Two:
    await version(world, "a", b"1", aliases=("best",))
    two = await version(world, "a", b"2", aliases=("best",))
    back = await rolled_back(world, two)
    return back, back


@pair("artifact.change.roll_back_alias", "artifact.change.add_aliases")
async def a_roll_back_and_a_move_of_an_alias(world: World) -> Two:
    one = await version(world, "a", b"1", aliases=("best",))
    two = await version(world, "a", b"2", aliases=("best",))
    return await rolled_back(world, two), aliased(world, one, "best")


@pair("artifact.change.protect_aliases", "artifact.change.add_aliases")
async def a_protection_and_a_move_of_an_alias(world: World) -> Two:
    await version(world, "a", b"1", aliases=("best",))
    two, id = await version(world, "a", b"2"), (await world.collection("a")).id

    async def work(w: World) -> object:
        return await artifact.protect_aliases(
            w.graph, w.viewer, LIMITS, id, ["best", "new"], protected=True
        )

    return on(world, work), aliased(world, two, "best", "new")


@pair("artifact.change.protect_aliases")
async def a_protection_and_its_end(world: World) -> Two:
    await version(world, "a", b"1", aliases=("best",))
    id = (await world.collection("a")).id

    def protection(*, protected: bool) -> Operation:
        async def work(w: World) -> object:
            return await artifact.protect_aliases(
                w.graph, w.viewer, LIMITS, id, ["best"], protected=protected
            )

        return on(world, work)

    return protection(protected=True), protection(protected=False)


@pair("artifact.change.remove_aliases")
async def two_removals_of_an_alias(world: World) -> Two:
    one = await version(world, "a", b"1", aliases=("best", "other"))
    return unaliased(world, one, "best"), unaliased(world, one, "best", "other")


@pair("artifact.change.update")
async def a_tag_and_its_removal(world: World) -> Two:
    id = await version(world, "a", b"1", tags=("x", "y"))
    return tagged(world, id, add_tags=["x", "z"]), tagged(world, id, remove_tags=["x"])


@pair("artifact.change.update", "entity.update")
async def two_changes_of_words_and_tags(world: World) -> Two:
    id = await version(world, "a", b"1", tags=("x",))
    one = tagged(world, id, description="one", add_tags=["z"])
    return one, tagged(world, id, description="two", remove_tags=["z", "x"])


@pair("artifact.change.update", "artifact.commit.commit")
async def a_tag_and_a_commit_of_the_same_content(world: World) -> Two:
    id = await version(world, "a", b"1", tags=("x",))
    draft = await filled(world, "a", b"1", tags=("y",))
    return tagged(world, id, remove_tags=["x"], add_tags=["z"]), committed(world, draft)
