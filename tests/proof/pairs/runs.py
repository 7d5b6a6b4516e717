"""Pairs that begin, change and end runs."""

from typing import Any

from graph_api.models.metric import Point
from graph_api.models.run import NewRun, Status
from graph_api.services import (
    heartbeat,
    metric,
    run,
)
from tests.proof.interleaved import Operation
from tests.proof.pair import Two, on, pair, version
from tests.services.world import LIMITS, World


def started(world: World, **new: Any) -> Operation:
    values = NewRun.model_validate({"project": "digits"} | new)
    return on(world, lambda w: run.start(w.graph, w.viewer, LIMITS, values))


def finished(world: World, id: str, status: Status) -> Operation:
    return on(world, lambda w: run.finish(w.graph, w.viewer, id, status, status.lower()))


def given(world: World, id: str, **parameters: object) -> Operation:
    return on(world, lambda w: run.log_parameters(w.graph, w.viewer, LIMITS, id, parameters))


@pair("run.start")
async def two_runs(world: World) -> Two:
    used = [await version(world, "a", b"a")]
    return started(world, used=used), started(world, used=used, experiment="x")


@pair("run.start")
async def two_runs_of_one_key(world: World) -> Two:
    await world.project()
    return started(world, key="k", parameters={"a": 1}), started(world, key="k")


@pair("run.start")
async def two_resumes(world: World) -> Two:
    await world.run(key="k", parameters={"x": 0})
    one = started(world, key="k", resume=True, parameters={"a": 1})
    return one, started(world, key="k", resume=True, parameters={"b": 1})


@pair("run.start", "run.finish")
async def a_resume_and_an_end(world: World) -> Two:
    id = await world.run(key="k")
    return started(world, key="k", resume=True), finished(world, id, "FAILED")


@pair("run.start", "run.log_parameters")
async def a_resume_and_a_parameter(world: World) -> Two:
    id = await world.run(key="k", parameters={"x": 0})
    return started(world, key="k", resume=True, parameters={"a": 1}), given(world, id, b=1)


@pair("run.start", "entity.update")
async def a_resume_and_a_rename(world: World) -> Two:
    id = await world.run(key="k")
    rename = on(world, lambda w: run.update(w.graph, w.viewer, LIMITS, id, name="n"))
    return started(world, key="k", resume=True), rename


def heard(world: World, id: str) -> Operation:
    return on(world, lambda w: heartbeat.beat(w.graph, w.viewer, id))


def crashed(world: World) -> Operation:
    return on(world, lambda w: heartbeat.crash_silent(w.graph, w.viewer, -60))


@pair("heartbeat.crash_silent")
async def two_looks_at_a_silent_run(world: World) -> Two:
    await world.run(heartbeats=True)
    return crashed(world), crashed(world)


@pair("heartbeat.crash_silent", "run.finish")
async def a_look_at_a_silent_run_and_its_end(world: World) -> Two:
    return crashed(world), finished(world, await world.run(heartbeats=True), "COMPLETED")


@pair("heartbeat.crash_silent", "run.start")
async def a_look_at_a_silent_run_and_a_resume(world: World) -> Two:
    await world.run(key="k", heartbeats=True)
    return crashed(world), started(world, key="k", resume=True)


@pair("heartbeat.crash_silent", "heartbeat.beat")
async def a_look_at_a_silent_run_and_a_heartbeat(world: World) -> Two:
    return crashed(world), heard(world, await world.run(heartbeats=True))


@pair("run.finish")
async def two_ends(world: World) -> Two:
    id = await world.run()
    return finished(world, id, "COMPLETED"), finished(world, id, "FAILED")


@pair("run.log_parameters")
async def two_parameters(world: World) -> Two:
    id = await world.run(parameters={"x": 0})
    return given(world, id, a=1, c=1), given(world, id, b=1, c=2)


@pair("metric.log")
async def two_batches_of_a_metric(world: World) -> Two:
    id = await world.run()

    def logged(*values: float) -> Operation:
        points = [Point(key="loss", value=value, at=0) for value in values]
        return on(world, lambda w: metric.log(w.graph, w.viewer, LIMITS, id, points))

    return logged(3.0, 1.0), logged(2.0)


@pair("run.use")
async def two_uses(world: World) -> Two:
    data, id = await version(world, "a", b"1"), await world.run()
    return on(world, lambda w: w.use(id, data)), on(world, lambda w: w.use(id, data))


@pair("run.log")
async def two_logs(world: World) -> Two:
    data, id = await version(world, "a", b"1"), await world.run()
    log = on(world, lambda w: run.log(w.graph, w.viewer, id, [data]))
    return log, log
