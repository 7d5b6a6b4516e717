"""Policies: a verdict is what brute force over all that flowed in says, for whoever asks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.errors import BadInput, BadName, Forbidden, UnknownId, UnknownName
from graph_api.graph import Graph, Nothing, Query, Reader
from graph_api.models import instant
from graph_api.models.entity import new_id
from graph_api.models.lineage import Where
from graph_api.models.page import Stretch
from graph_api.models.policy import (
    GREATEST_AGE,
    Barrier,
    ForbiddenTag,
    Policy,
    RequiredApproval,
    Unknown,
)
from graph_api.models.viewer import Viewer
from graph_api.services import ledger, lineage, policy, project
from graph_api.services.revision import HistoryOf
from tests.environment import environment
from tests.services.closure import followed
from tests.services.graphs import ERASE, PROJECTS, Node, Picture, pictures
from tests.services.test_lineage import exhaustive
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes

# Of each project an experiment, whose runs are barriers.
SCOPES = Query(
    "tests/scopes",
    """
    UNWIND $projects AS id
    CREATE (:Entity:Project {id: id, project_id: id, name: 'the ' + id, since: 1})
    CREATE (:Entity:Experiment {id: 'experiment_of_' + id, project_id: id, name: 'wash', since: 1})
    """,
    Nothing,
)
SAY = Query(
    "tests/say",
    "UNWIND $said AS it MATCH (n:Entity {id: it.id}) SET n += it.properties",
    Nothing,
)
OLD, YOUNG, AGE = 10_000, 100, 1_000
LICENSES = (None, "MIT", "mit", "GPL-3.0-only")
TAGS: tuple[tuple[str, ...], ...] = ((), ("pii",), ("pii", "raw"))
Broken = set[tuple[str, str | None, str]]


@dataclass(frozen=True)
class Said:
    """What is said of an entity."""

    license: str | None
    tags: tuple[str, ...]
    age: int
    washes: bool

    def stored(self, node: Node, now: int) -> dict[str, Any]:
        """As properties of the entity."""
        if node.kind == "Run":
            within = f"experiment_of_{node.project_id}"
            return {"experiment_id": within if self.washes else None}
        return {
            "meta.license": self.license,
            "tags": self.tags,
            "committed_at": now - self.age * instant.SECOND,
            "created_by": "ada",
        }


said = st.builds(
    Said,
    st.sampled_from(LICENSES),
    st.sampled_from(TAGS),
    st.sampled_from((OLD, YOUNG)),
    st.booleans(),
)
barriers = st.sets(st.sampled_from(PROJECTS)).map(
    lambda projects: tuple(Barrier(project=f"the {id}", experiment="wash") for id in projects)
)
policies = st.builds(
    Policy,
    allowed_licenses=st.sampled_from((None, ("MIT",))),
    forbidden_tags=st.sets(st.sampled_from(("pii", "raw"))).flatmap(
        lambda tags: st.tuples(
            *(st.builds(ForbiddenTag, tag=st.just(tag), barriers=barriers) for tag in sorted(tags))
        )
    ),
    greatest_age=st.sampled_from((None, AGE)),
    hidden=st.sampled_from(("REFUSE", "ALLOW")),
)


def _before(graph: Any, node: Any) -> set[Any]:
    """All that leads to a node."""
    return {*nx.dfs_preorder_nodes(graph.reverse(), node)} - {node}


@dataclass
class Truth:
    """What brute force finds of a version and all it came of."""

    picture: Picture
    viewer: Viewer
    said: dict[str, Said]
    version: str
    graph: "nx.DiGraph[str]" = field(default_factory=nx.DiGraph)

    def __post_init__(self) -> None:
        """Only what came to the version, with the lengths of edges."""
        self.graph.add_node(self.version)
        seq = self.picture.seq
        edges = [it.edge for it in self.picture.flows if followed(it, Where(), seq)]
        self.graph.add_edges_from((it.source, it.target) for it in edges)
        closure = {self.version, *_before(self.graph, self.version)}
        self.graph = nx.DiGraph(self.graph.subgraph(closure))
        nodes = {it.id: it for it in self.picture.nodes}
        self.hidden = {id for id in closure if not self.viewer.reads(nodes[id].project_id)}
        self.versions = {id for id in closure - self.hidden if nodes[id].kind == "Artifact"}
        self.runs = {id: nodes[id] for id in closure - self.hidden if nodes[id].kind == "Run"}
        for source, target in self.graph.edges:
            within = {source, target} <= self.hidden
            self.graph.edges[source, target]["weight"] = int(not within)

    def origins(self) -> list[set[str]]:
        parts: Any = nx.condensation(self.graph)
        members: dict[int, set[str]] = {part: parts.nodes[part]["members"] for part in parts}
        versions_or_hidden = self.versions | self.hidden
        return [
            found
            for part, ids in members.items()
            if (found := ids & self.versions)
            and not ids & self.hidden
            and not any(members[it] & versions_or_hidden for it in _before(parts, part))
        ]

    def broken(self, asked: Policy) -> Broken:
        found: Broken = set()
        for id in self.versions:
            license = self.said[id].license
            if asked.allowed_licenses and license and license.upper() != "MIT":
                found.add(("LICENSE", license, id))
            for rule in asked.forbidden_tags:
                if rule.tag in self.said[id].tags and id in self.without(rule):
                    found.add(("TAG", rule.tag, id))
        for origin in self.origins():
            if asked.allowed_licenses and all(self.said[id].license is None for id in origin):
                found |= {("LICENSE", None, id) for id in origin}
            if asked.greatest_age:
                found |= {("AGE", str(OLD), id) for id in origin if self.said[id].age == OLD}
        return found

    def without(self, rule: ForbiddenTag) -> dict[str, int]:
        """The distances to the version by ways that lead through no barrier."""
        projects = {it.project for it in rule.barriers}
        barred = [
            id
            for id, run in self.runs.items()
            if self.said[id].washes and f"the {run.project_id}" in projects
        ]
        left = self.graph.copy()
        left.remove_nodes_from(barred)
        return self.distances(left)

    def distances(self, graph: "nx.DiGraph[str]") -> dict[str, int]:
        lengths = nx.single_source_dijkstra_path_length(graph.reverse(), self.version)
        return {id: round(length) for id, length in lengths.items()}


@settings(exhaustive, max_examples=3_000 if environment.deep else 16)
@given(pictures(), st.data())
async def test_a_verdict_is_that_of_brute_force_for_whoever_asks(
    connected: Graph, picture: Picture, data: st.DataObject
) -> None:
    everyone, some = picture.viewer(), picture.viewer(PROJECTS[:2])
    versions = [node for node in picture.nodes if node.kind == "Artifact"]
    if not versions:
        return
    now = instant.now()
    known = {node.id: data.draw(said) for node in picture.nodes}
    asked = data.draw(policies)
    try:
        await picture.write(connected)
        await connected.write(SCOPES, projects=PROJECTS)
        told = [
            {"id": node.id, "properties": known[node.id].stored(node, now)}
            for node in picture.nodes
            if node.kind in ("Artifact", "Run")
        ]
        await connected.write(SAY, said=told)
        for version in data.draw(st.permutations(versions))[:4]:
            for viewer in (everyone, some):
                if not viewer.reads(version.project_id):
                    with pytest.raises(UnknownId):
                        await policy.checked(connected, viewer, version.id, asked, seconds=60)
                    continue
                truth = Truth(picture, viewer, known, version.id)
                found = await policy.checked(connected, viewer, version.id, asked, seconds=60)
                broken: Broken = truth.broken(asked)
                rows = [(it.rule, it.value, it.entity_id) for it in found.violations]
                # An age may be a few seconds more by now.
                told_of = {(*row[:1], str(OLD), row[2]) if row[0] == "AGE" else row for row in rows}
                assert told_of == broken
                assert len(rows) == len(broken)
                hidden = bool(truth.hidden) and asked.asks_upstream
                assert found.incomplete_because == (("PERMISSION",) if hidden else ())
                refused = hidden and asked.hidden == "REFUSE"
                assert found.passes == (not broken and not refused)
                assert (found.unknown is not None) == refused
                if found.unknown is not None:
                    assert found.unknown.because == "PERMISSION"
                    way = found.unknown.path
                    assert (way[0], way[-1]) == ("(hidden)", version.id)
                rules = {it.tag: it for it in asked.forbidden_tags}
                for it in found.violations:
                    assert (it.path[0], it.path[-1]) == (it.entity_id, version.id)
                    far = truth.distances(truth.graph)
                    if it.rule == "TAG":
                        far = truth.without(rules[it.value or ""])
                    assert len(it.path) - 1 == it.distance == far[it.entity_id]
    finally:
        await picture.erase(connected)
        scopes = [*PROJECTS, *(f"experiment_of_{id}" for id in PROJECTS)]
        await connected.write(ERASE, ids=scopes)


async def test_versions_that_came_of_each_other_are_origins_together(connected: Graph) -> None:
    picture = Picture()
    one, two, made = (picture.node("Artifact") for _ in range(3))
    picture.step(one, two)
    picture.step(two, one)
    picture.step(two, made)
    # A run that used nothing makes a version that nobody knows the origin of, too.
    alone = picture.node("Artifact")
    picture.flow(picture.node("Run"), alone, "LOGGED_BY")
    await picture.write(connected)
    at = instant.now()
    nodes = (one, two, made, alone)
    told = [{"id": id, "properties": {"committed_at": at, "created_by": "ada"}} for id in nodes]
    await connected.write(SAY, said=told)
    asked = Policy(allowed_licenses=("MIT",))

    async def unknown(id: str) -> list[str]:
        verdict = await policy.checked(connected, picture.viewer(), id, asked, seconds=60)
        return [it.entity_id for it in verdict.violations]

    try:
        assert await unknown(made) == [two, one]
        assert await unknown(alone) == [alone]
        licensed = [{"id": one, "properties": {"meta.license": "MIT"}}]
        await connected.write(SAY, said=licensed)
        assert await unknown(made) == []
    finally:
        await picture.erase(connected)


async def test_what_is_not_read_in_time_is_unknown(connected: Graph) -> None:
    picture = Picture()
    raw, made = picture.node("Artifact"), picture.node("Artifact")
    picture.step(raw, made)
    await picture.write(connected)
    at = {"committed_at": 0, "created_by": "ada"}
    await connected.write(SAY, said=[{"id": id, "properties": at} for id in (raw, made)])
    asked = Policy(allowed_licenses=("MIT",), greatest_age=1, hidden="ALLOW")
    try:
        verdict = await policy.checked(connected, picture.viewer(), made, asked, seconds=-1)
    finally:
        await picture.erase(connected)

    assert (verdict.passes, verdict.unknown) == (False, Unknown("TIMEOUT"))
    assert verdict.violations == ()
    assert verdict.incomplete_because == ("TIMEOUT",)


async def test_what_of_a_wide_ancestry_is_not_read_in_time_is_unknown(
    connected: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = Picture()
    raw, made = picture.node("Artifact"), picture.node("Artifact")
    picture.step(raw, made)
    await picture.write(connected)
    at = {"committed_at": 0, "created_by": "ada", "tags": ["pii"]}
    await connected.write(SAY, said=[{"id": id, "properties": at} for id in (raw, made)])
    ancestry = lineage.ancestry

    async def walked(reader: Reader, viewer: Viewer, id: str, seq: int, _: float) -> lineage.Found:
        return await ancestry(reader, viewer, id, seq, 60)

    # All is walked in time, but only one version is read at once.
    monkeypatch.setattr(lineage, "ancestry", walked)
    monkeypatch.setattr(import_module("graph_api.services.policy.check"), "_BATCH", 1)
    asked = Policy(forbidden_tags=(ForbiddenTag(tag="pii"),))
    try:
        late = await policy.checked(connected, picture.viewer(), made, asked, seconds=-1)
        all_read = await policy.checked(connected, picture.viewer(), made, asked, seconds=60)
    finally:
        await picture.erase(connected)

    assert ([it.entity_id for it in late.violations], late.unknown) == ([made], Unknown("TIMEOUT"))
    assert late.incomplete_because == ("TIMEOUT",)
    assert [it.entity_id for it in all_read.violations] == [made, raw]
    assert (all_read.unknown, all_read.incomplete_because) == (None, ())


RULES = Policy(
    allowed_licenses=("MIT",),
    forbidden_tags=(
        ForbiddenTag(tag="pii", barriers=(Barrier(project="digits", experiment="wash"),)),
    ),
    required_approvals=(RequiredApproval(name="legal", by=("grace",)),),
    greatest_age=60,
)


async def kept(world: World) -> Policy | None:
    found = await project.by_name(world.graph, world.viewer, "digits")
    assert found
    return found.policy


async def test_a_policy_is_replaced_as_a_whole_and_its_history_is_told(world: World) -> None:
    graph, viewer = world.graph, world.viewer
    id = await world.project()
    short = Policy(greatest_age=60)

    for wanted in (RULES, RULES, short, Policy(hidden="ALLOW"), None):
        assert await policy.set_policy(graph, viewer, LIMITS, "digits", wanted) == id
        assert await kept(world) == (wanted if wanted in (RULES, short) else None)

    (listed,) = await HistoryOf(Stretch(None, None, 10))(graph, viewer, [id])
    told = [(it.what, it.overwritten) for it in listed.items][1:]
    assert [what for what, _ in told] == ["Policy set", "Policy set", "Policy removed"]
    (overwritten,) = told[1][1]
    assert (overwritten.field, overwritten.before["greatestAge"]) == ("policy", 60)
    assert overwritten.before["forbiddenTags"] == [
        {"tag": "pii", "barriers": [{"project": "digits", "experiment": "wash"}]}
    ]
    assert overwritten.after["forbiddenTags"] == []
    assert told[2][1][0].after is None


async def test_a_policy_that_cannot_be_is_refused_and_nothing_changes(world: World) -> None:
    graph, viewer = world.graph, world.viewer
    id = await world.project()
    await policy.set_policy(graph, viewer, LIMITS, "digits", RULES)
    seq = (await ledger.now(graph, viewer)).seq
    writer = viewer.model_copy(update={"projects": (id,), "administered": ()})
    stranger = viewer.model_copy(update={"projects": ()})

    tags: Sequence[ForbiddenTag] = [ForbiddenTag(tag=f"t{number}") for number in range(101)]
    many = tuple(Barrier(project="p", experiment=f"e{number}") for number in range(11))
    wrong = (
        Policy(allowed_licenses=()),
        Policy(allowed_licenses=("MIT", "MIT")),
        Policy(greatest_age=0),
        Policy(greatest_age=GREATEST_AGE + 1),
        Policy(forbidden_tags=tuple(tags)),
        Policy(forbidden_tags=(ForbiddenTag(tag="a"), ForbiddenTag(tag="a", barriers=many[:1]))),
        Policy(forbidden_tags=(ForbiddenTag(tag="a", barriers=many),)),
        Policy(required_approvals=(RequiredApproval(name="a", by=()),)),
        Policy(required_approvals=(RequiredApproval(name="a", by=("x", "x")),)),
    )
    for each in wrong:
        with pytest.raises(BadInput):
            await policy.set_policy(graph, viewer, LIMITS, "digits", each)
    for each in (ForbiddenTag(tag=" "), ForbiddenTag(tag="a\n")):
        rules = RULES.model_copy(update={"forbidden_tags": (each,)})
        with pytest.raises(BadName):
            await policy.set_policy(graph, viewer, LIMITS, "digits", rules)
    with pytest.raises(Forbidden):
        await policy.set_policy(graph, writer, LIMITS, "digits", None)
    with pytest.raises(UnknownName):
        await policy.set_policy(graph, stranger, LIMITS, "digits", None)
    with pytest.raises(UnknownId):
        await policy.checked(graph, viewer, new_id("Artifact"), RULES, seconds=1)

    assert await kept(world) == RULES
    assert (await ledger.now(graph, viewer)).seq == seq
