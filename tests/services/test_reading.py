"""Lists by relations and lineage, for whom, and how the places of their names are kept."""

from typing import Any

import pytest
from pydantic import BaseModel

from graph_api.errors import NameTaken, TooSlow, UnknownId, WrongKind
from graph_api.graph import Query
from graph_api.models.artifact import Artifact
from graph_api.models.page import Window
from graph_api.models.viewer import Viewer
from graph_api.models.where import Comparison, Condition, Flow, Not, Order, Related, Where
from graph_api.services import artifact, experiment, membership, project, run
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes


class Former(BaseModel, frozen=True):
    """A name that something had."""

    name_key: str
    since: int
    until: int | None


FORMERS = Query(
    "tests/formers",
    """
    MATCH (f:FormerName) WITH f ORDER BY f.name_key
    RETURN collect({name_key: f.name_key, since: f.since, until: f.until}) AS rows
    """,
    Former,
)
BY_NAME = Order("NAME")


async def artifacts(world: World, condition: Condition, viewer: Viewer | None = None) -> list[str]:
    """The names of the artifacts for which the condition holds."""
    scope = await world.project()
    page = await artifact.page(
        world.graph, viewer or world.viewer, scope, Window(), where=asked(condition)
    )
    assert await page.total() == len(page.items)
    return [row.name for row in page.items]


def asked(condition: Condition) -> Where:
    """The condition, with a short time for its walks."""
    return Where(condition, 20)


async def chain(world: World) -> dict[str, str]:
    """From raw → clean (a run) → data → train (a run) → model; and a run that logs data again."""
    raw = (await world.log("raw", {"a": b"1"})).id
    clean = await world.run(name="clean", used=(raw,))
    data = (await world.log("data", {"a": b"2"}, run_id=clean)).id
    again = await world.run(name="again")
    await world.log("data", {"a": b"2"}, run_id=again)
    train = await world.run(name="train", used=(data,))
    model = (await world.log("model", {"a": b"3"}, run_id=train)).id
    return {
        "raw": raw,
        "clean": clean,
        "data": data,
        "again": again,
        "train": train,
        "model": model,
    }


async def test_artifacts_are_found_by_the_runs_that_used_and_logged_them(world: World) -> None:
    ids = await chain(world)

    assert await artifacts(world, Related("used_by", ids["clean"])) == ["raw"]
    assert await artifacts(world, Related("logged_by", ids["clean"])) == ["data"]
    assert await artifacts(world, Related("logged_by", ids["again"])) == ["data"]
    assert await artifacts(world, Related("used_by", ids["again"])) == []
    assert await artifacts(world, Not(Related("used_by", ids["clean"]))) == ["data", "model"]


async def test_runs_are_found_by_what_they_used_and_logged_also_through_a_dataset(
    world: World,
) -> None:
    ids = await chain(world)
    await membership.snapshot(world.graph, world.viewer, LIMITS, "digits", "growing", ids["raw"])
    dataset = await world.dataset("growing", exists_ok=True)
    await world.run(name="through", used=(dataset,))

    async def names(condition: Condition) -> list[str]:
        page = await run.page(
            world.graph, world.viewer, await world.project(), Window(), where=asked(condition)
        )
        return [row.name for row in page.items]

    assert await names(Related("uses", ids["raw"])) == ["clean", "through"]
    assert await names(Related("uses", dataset)) == ["through"]
    assert await names(Related("logged", ids["data"])) == ["clean", "again"]


async def test_lineage_is_a_filter_however_far_it_goes(world: World) -> None:
    ids = await chain(world)

    assert await artifacts(world, Flow("UPSTREAM", ids["model"])) == ["raw", "data"]
    assert await artifacts(world, Flow("DOWNSTREAM", ids["raw"])) == ["data", "model"]
    assert await artifacts(world, Flow("DOWNSTREAM", ids["model"])) == []
    assert await artifacts(world, Not(Flow("UPSTREAM", ids["train"]))) == ["model"]
    page = await run.page(
        world.graph,
        world.viewer,
        await world.project(),
        Window(),
        where=asked(Flow("UPSTREAM", ids["data"])),
    )
    assert [row.name for row in page.items] == ["clean", "again"]
    with pytest.raises(TooSlow, match="no answer after 1e-09 seconds"):
        await run.page(
            world.graph,
            world.viewer,
            await world.project(),
            Window(),
            where=Where(Flow("UPSTREAM", ids["data"]), 1e-9),
        )


async def test_later_pages_show_the_relations_of_the_first(world: World) -> None:
    ids = await chain(world)
    scope = await world.project()
    later = [await world.run() for _ in range(3)]
    for id, condition, names in [
        (later[0], Related("used_by", later[0]), []),
        (later[1], Not(Related("used_by", later[1])), ["raw", "data", "model"]),
        (later[2], Not(Flow("UPSTREAM", later[2])), ["raw", "data", "model"]),
    ]:
        first = await artifact.page(
            world.graph, world.viewer, scope, Window(1), where=asked(condition)
        )
        found: list[Artifact] = [*first.items]
        await world.use(id, ids["raw"], ids["data"], ids["model"])
        if await first.has_next():
            rest = await artifact.page(
                world.graph,
                world.viewer,
                scope,
                Window(9, first.cursors[-1]),
                where=asked(condition),
            )
            found = [*first.items, *rest.items]
        assert [row.name for row in found] == names


async def test_a_list_shows_and_counts_only_what_its_viewer_may_see(world: World) -> None:
    ids = await chain(world)
    other = await project.create(world.graph, world.viewer, LIMITS, "letters")
    hidden = await world.run(project="letters", name="hidden", used=(ids["raw"],))
    seen = Viewer(
        user="bob",
        organization_id=world.viewer.organization_id,
        projects=(await world.project(),),
    )

    page = await project.page(world.graph, seen, Window(), BY_NAME)
    assert ([row.name for row in page.items], await page.total()) == (["digits"], 1)
    both = await project.page(world.graph, world.viewer, Window(), BY_NAME)
    assert ([row.name for row in both.items], await both.total()) == (["digits", "letters"], 2)
    for condition in (Related("used_by", hidden), Flow("UPSTREAM", hidden)):
        assert await artifacts(world, condition) == ["raw"]
        with pytest.raises(UnknownId, match=f"^No Run has the id '{hidden}'"):
            await artifacts(world, condition, seen)
    theirs = await run.page(world.graph, seen, other, Window())
    assert ([*theirs.items], await theirs.total()) == ([], 0)
    with pytest.raises(WrongKind):
        await artifacts(world, Related("used_by", ids["raw"]))


async def test_a_value_beyond_the_hundredth_is_found_and_forgotten_like_any_other(
    world: World,
) -> None:
    wide: dict[str, Any] = {f"{number:03d}": number for number in range(150)}
    id = await world.experiment("wide", metadata={"deep": wide | {"text": "a\tb", "yes": True}})
    await world.experiment("other", metadata={"deep": {"120": 7}})

    async def found(key: str, value: Any) -> list[str]:
        page = await experiment.page(
            world.graph,
            world.viewer,
            await world.project(),
            Window(),
            where=asked(Comparison("eq", value, f"meta.deep.{key}", "flat")),
        )
        return [row.name for row in page.items]

    assert await found("120", 120) == ["wide"]
    assert await found("120", 120.0) == ["wide"]
    assert await found("120", "120") == []
    assert await found("120", 7) == ["other"]
    assert await found("12", 0) == []
    assert await found("text", "a\tb") == ["wide"]
    assert await found("yes", True) == ["wide"]
    await experiment.update(world.graph, world.viewer, LIMITS, id, metadata={"deep": {}})
    assert await found("120", 120) == []
    assert await world.properties(id, "beyond") == {}


async def test_the_places_of_a_name_are_kept_with_their_times(world: World) -> None:
    id = await world.experiment("a")
    await world.experiment("taken")
    scope = await world.project()
    before = await world.snapshot()
    (created,) = before["seq"]

    with pytest.raises(NameTaken):
        await experiment.update(world.graph, world.viewer, LIMITS, id, name="taken")
    assert await world.snapshot() == before
    for name in ("b", "c"):
        await experiment.update(world.graph, world.viewer, LIMITS, id, name=name)

    assert await world.graph.fetch(FORMERS) == [
        Former(name_key=f"{scope}|a\t{id}", since=created - 1, until=created + 1),
        Former(name_key=f"{scope}|b\t{id}", since=created + 1, until=created + 2),
    ]
    assert await world.properties(id, "name") == {
        "name": "c",
        "name_key": f"{scope}|c\t{id}",
        "named_since": created + 2,
    }
