"""Experiments: names for runs that belong together."""

import pytest

from graph_api.errors import NameTaken, UnknownName
from graph_api.models.page import Window
from graph_api.models.run import Run
from graph_api.services import entity, experiment, project, run
from tests.services.world import World

pytestmark = pytest.mark.no_bytes


async def test_an_experiment_is_made_by_its_first_run(world: World) -> None:
    id = await world.run(experiment="svm")

    scope = await project.scope(world.graph, world.viewer, "digits")
    found = await experiment.named(world.graph, world.viewer, scope, "svm")
    (begun,) = await entity.by_ids(world.graph, world.viewer, Run, [id])

    assert begun
    assert begun.experiment_id == found.id
    assert found.project_id == scope.id


async def test_a_run_can_ask_for_an_experiment_that_is_there(world: World) -> None:
    before = await world.snapshot()

    with pytest.raises(UnknownName):
        await world.run(experiment="svm", create_experiment=False)

    assert await world.snapshot() == before
    id = await world.experiment("svm")
    begun = await run.checked(
        world.graph, world.viewer, await world.run(experiment="svm", create_experiment=False)
    )
    assert begun.experiment_id == id


async def test_it_lists_its_own_runs_only(world: World) -> None:
    ids = [await world.run(experiment="svm") for _ in range(3)]
    await world.run(experiment="forest")
    await world.run()
    id = await world.experiment("svm", exists_ok=True)

    first = await run.of_experiment(world.graph, world.viewer, id, Window(2))
    rest = await run.of_experiment(world.graph, world.viewer, id, Window(2, first.cursors[-1]))

    assert [row.id for row in [*first.items, *rest.items]] == ids
    assert (await first.has_next(), await rest.has_next()) == (True, False)


async def test_a_name_is_given_once(world: World) -> None:
    id = await world.experiment("svm")

    with pytest.raises(NameTaken, match=r"^Project 'digits' already has a Experiment named 'svm'"):
        await world.experiment("svm")

    scope = await world.project("digits")
    page = await experiment.page(world.graph, world.viewer, scope, Window())
    assert [row.id for row in page.items] == [id]
