"""Whatever is asked as of a moment is what a read of that moment said."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from graph_api.blobs import FolderBlobs
from graph_api.graph import Graph
from graph_api.models.viewer import Viewer
from graph_api.services import (
    artifact,
    deletion,
    entity,
    ledger,
    membership,
    model,
    organization,
    project,
    run,
)
from graph_api.services.stores import Stores
from graph_api.settings import Settings
from tests.conftest import WIPE
from tests.environment import environment
from tests.schema.restricted import DUMP, Asker
from tests.schema.worlds import ALIASES, LIMITS, PROJECTS, STAGES, STEPS, WORDS, Builder, Step

_LINK = "nodes { role source { id } target { id } }"
_MEMBER = "nodes { index artifact { id } linkedAt"
# What is asked of each entity, as of now and as of then.
TIES = f"""
  ... on Entity {{
    usedBy(AS_OF) {{ nodes {{ id }} }} producers(AS_OF) {{ nodes {{ id }} }}
    loggedBy(AS_OF) {{ id }}
    out: links(AS_OF) {{ {_LINK} }} in: links(direction: IN, AS_OF) {{ {_LINK} }} }}
  ... on ArtifactCollection {{ latest(AS_OF) {{ id }} }}
  ... on Artifact {{ aliases(AS_OF) }}
  ... on Run {{ used(AS_OF) {{ nodes {{ entity {{ id }} via {{ id }} }} }}
    logged(AS_OF) {{ nodes {{ entity {{ id }} reused }} }} }}
  ... on Model {{ versions(AS_OF) {{ {_MEMBER} stage }} }} newest: version(AS_OF) {{ index }}
    staged: version(stage: "{STAGES[0]}", AS_OF) {{ index artifact {{ id }} }} }}
  ... on Dataset {{ snapshots(AS_OF) {{ {_MEMBER} }} }} snapshot(AS_OF) {{ index }} }}"""
# What is said of it, under the names that `past` has for it.
SAID = """
  ... on Entity { project { id } }
  ... on Named { name description metadata }
  ... on Artifact { name description metadata systemMetadata tags state timeToLive }
  ... on Run { status reason endedAt }
  ... on Lockable { readOnly }
  ... on Project { systemMetadata }"""
PAST = """ past(asOf: $asOf) { project { id } name description metadata systemMetadata tags state
  timeToLive status reason endedAt readOnly }"""
_NOW = TIES.replace("(AS_OF)", "").replace(", AS_OF", "")
NOW = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ id {_NOW} {SAID} }} }}"
THEN = f"""query ($ids: [ID!]!, $asOf: AsOf!) {{ nodes(ids: $ids) {{ id {TIES}
  ... on Entity {{ {PAST} }} }} }}""".replace("AS_OF", "asOf: $asOf")
_NAMES = [
    f'project: "{of}", name: "{name}", version: "{version}"'
    for of in PROJECTS
    for name in WORDS[:2]
    for version in ("latest", "v0", ALIASES[0])
]
# Which version each name means in each collection, as of now and as of then.
MEANT = "{ FIELDS }".replace(
    "FIELDS", " ".join(f"m{at}: artifact({it}) {{ id }}" for at, it in enumerate(_NAMES))
)
MEANT_THEN = "query ($asOf: AsOf!) " + MEANT.replace(") {", ", asOf: $asOf) {")

State = dict[str, dict[str, Any]]


async def ids_of(asker: Asker) -> list[str]:
    (dump,) = await asker.stores.graph.fetch(DUMP)
    return [node["id"] for node in dump.nodes]


async def now(asker: Asker) -> State:
    """What a read of the present says of every entity."""
    nodes = (await asker.data(NOW, ids=await ids_of(asker)))["nodes"]
    return {node["id"]: node for node in nodes}


async def then(asker: Asker, ids: list[str], as_of: int | str) -> State:
    """What a read as of a moment says of every entity that was there."""
    nodes = (await asker.data(THEN, ids=ids, asOf=as_of))["nodes"]
    found: State = {}
    for node in nodes:
        past = node.pop("past")
        if past is not None:
            found[node["id"]] = node | past
    return found


def told(state: State, like: State) -> State:
    """The part of a state that another, which says less of some kinds, has as well."""
    return {id: {key: of[key] for key in like[id]} for id, of in state.items() if id in like}


async def more(builder: Builder, number: int, record: Callable[[], Awaitable[None]]) -> None:
    """What drawn steps may not say: some of all that can be asked as of a moment changes."""
    steps: list[Step] = [
        ("version", number, 2 * number, number + 1),
        ("stage", number, number, number),
        ("member", number + 1, number + 2, 0),
        ("point", number, 0, number),
        ("use", number, number + 1, 0),
        ("link", number, number + 5, number),
    ]
    for step in steps:
        await builder.step(step)
    graph, viewer, made = builder.stores.graph, builder.viewer, builder.made
    version = made["version"][number % len(made["version"])]
    of_run = made["run"][number % len(made["run"])]
    models = [id for id in made["container"] if id.startswith("model")]
    of_model = models[number % len(models)]
    match number % 5:
        case 0:
            await artifact.update(
                graph, viewer, LIMITS, version, description=f"{number}", add_tags=[f"t{number}"],
                metadata={"number": number, "description": None},
            )  # fmt: skip
        case 1:
            if (await run.checked(graph, viewer, of_run)).status == "RUNNING":
                await run.finish(graph, viewer, of_run, "FAILED", "why")
        case 2:
            await deletion.delete(
                graph, builder.stores.blobs, viewer, [version],
                force=True, trash_seconds=60, seconds=60,
            )  # fmt: skip
            await record()
            await deletion.restore(graph, viewer, [version])
        case 3:
            await entity.set_read_only(graph, viewer, of_model, read_only=True)
            await entity.set_read_only(graph, viewer, of_model, read_only=False)
            await model.update(graph, viewer, LIMITS, of_model, metadata={"n": number})
        case _:
            await artifact.remove_aliases(graph, viewer, version, [*ALIASES])
            await membership.add(graph, viewer, LIMITS, of_model, version, "version", "NONE")


@settings(
    max_examples=40 if environment.deep else 1,
    derandomize=not environment.deep,
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(STEPS.map(lambda steps: steps if environment.deep else steps[:4]))
async def test_every_moment_is_as_it_was_recorded(
    connected: Graph, neo4j: Settings, tmp_path: Path, steps: list[Step]
) -> None:
    await connected.write(WIPE)
    default = await organization.ensure_default(connected)
    viewer = Viewer(user="ada", organization_id=default.id)
    blobs = FolderBlobs(tmp_path, b"secret")
    await blobs.check()
    stores = Stores.of(connected, blobs)
    asker, builder = Asker(neo4j, stores, viewer), Builder(stores, viewer)
    recorded: list[tuple[int, str, State, dict[str, Any]]] = []

    async def record() -> None:
        moment = await ledger.now(connected, viewer)
        state, meant = await now(asker), await asker.data(MEANT)
        recorded.append((moment.seq, moment.at.isoformat(), state, meant))

    await builder.build([])
    await record()
    for number, step in enumerate(steps):
        await builder.step(step)
        await more(builder, number, record)
        await record()

    ids = await ids_of(asker)
    for number, (seq, at, state, meant) in enumerate(recorded):
        as_of = at if number % 3 == 0 else seq
        past = await then(asker, ids, as_of)
        assert told(past, state) == state
        assert past.keys() == state.keys()
        assert await asker.data(MEANT_THEN, asOf=as_of) == meant
    assert (await then(asker, ids, 0)).keys() == {default.id}


async def test_what_is_not_there_yet_or_to_come_is_not_told(
    connected: Graph, neo4j: Settings, tmp_path: Path
) -> None:
    await connected.write(WIPE)
    default = await organization.ensure_default(connected)
    viewer = Viewer(user="ada", organization_id=default.id)
    asker = Asker(neo4j, Stores.of(connected, FolderBlobs(tmp_path, b"secret")), viewer)
    first = await project.create(connected, viewer, LIMITS, "first")
    second = await project.create(connected, viewer, LIMITS, "second")
    await project.update(connected, viewer, LIMITS, first, name="renamed")
    query = "query ($ids: [ID!]!, $asOf: AsOf!) { nodes(ids: $ids) { ... on Entity { PAST } } }"
    query = query.replace("PAST", "past(asOf: $asOf) { seq name }")

    answers = [
        [node["past"] for node in (await asker.data(query, ids=[first, second], asOf=seq))["nodes"]]
        for seq in range(4)
    ]
    to_come = await asker.ask(query, ids=[first], asOf=4)
    by_id = await asker.ask("query ($id: ID!) { artifact(id: $id, asOf: 1) { id } }", id=first)

    assert answers == [
        [None, None],
        [{"seq": 1, "name": "first"}, None],
        [{"seq": 2, "name": "first"}, {"seq": 2, "name": "second"}],
        [{"seq": 3, "name": "renamed"}, {"seq": 3, "name": "second"}],
    ]
    assert to_come["errors"] == [("seq is 4; the newest is 3.", "BAD_USER_INPUT")]
    assert by_id["errors"] == [
        ("asOf says when a version is meant by its name; an id always is.", "BAD_USER_INPUT")
    ]
