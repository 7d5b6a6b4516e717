"""What readers see while other processes write: all of what a seq promises, or a walk would lie."""

import asyncio
import random
import time
from dataclasses import dataclass

from pydantic import BaseModel

from graph_api.graph import Graph, Query
from graph_api.models.edge import Edge, EdgeKind
from graph_api.models.entity import kind_of
from graph_api.models.lineage import Direction, Lineage
from graph_api.models.viewer import Viewer
from graph_api.services import ledger, lineage
from graph_api.settings import Settings
from tests.environment import environment
from tests.services.closure import Question, answered, expected
from tests.services.graphs import Flow, Node, Picture
from tests.services.writer import BULK, HUBS, writing

SECONDS = 60 if environment.deep else 5
DIRECTIONS: tuple[Direction, ...] = ("UPSTREAM", "DOWNSTREAM", "BOTH")


class Born(BaseModel, frozen=True):
    """An entity and its seq."""

    id: str
    since: int
    project_id: str | None


class Drawn(BaseModel, frozen=True):
    """An edge as it lies in the graph."""

    start: str
    end: str
    kind: EdgeKind
    role: str | None
    reused: bool
    via: str | None
    since: int
    until: int | None


class Counted(BaseModel, frozen=True):
    """How much of a transaction is visible."""

    nodes: int
    edges: int


NODES = Query(
    "tests/nodes",
    """
    MATCH (n:Entity) WHERE n.since IS NOT NULL
    RETURN collect({id: n.id, since: n.since, project_id: n.project_id}) AS rows
    """,
    Born,
)
EDGES = Query(
    "tests/edges",
    """
    MATCH (x:Entity)-[e:USED_BY|LOGGED_BY|LINKED_TO]->(y:Entity)
    RETURN collect({start: x.id, end: y.id, kind: type(e), role: e.role, via: e.via,
                    reused: coalesce(e.reused, false), since: e.since, until: e.until}) AS rows
    """,
    Drawn,
)
# What thousands of runs leave behind is too much for one transaction.
ERASE = Query(
    "tests/erase_runs",
    "MATCH (n:Run) WITH n LIMIT 20000 DETACH DELETE n RETURN count(*) AS nodes, 0 AS edges",
    Counted,
)
# New nodes by index, last made first; edges on nodes that were there before.
VISIBLE = Query(
    "tests/visible",
    """
    CALL () {
      UNWIND range($last, $last - 99, -1) AS i
      MATCH (n:Entity {id: 'run_' + toString($seq) + 'x' + toString(i)})
      RETURN count(n) AS nodes
    }
    CALL () {
      UNWIND range(0, $hubs - 1) AS i
      MATCH (:Entity {id: $hub + toString(i)})-[e:USED_BY]->() WHERE e.since = $seq
      RETURN count(e) AS edges
    }
    RETURN nodes, edges
    """,
    Counted,
)


async def test_who_reads_a_seq_sees_all_of_its_transaction(graph: Graph, neo4j: Settings) -> None:
    # It holds because each statement waits, by the driver's bookmarks, for what the one before saw:
    # without them 52 of 1,298 such reads lacked nodes, whose index is written last.
    picture = Picture()
    hub = picture.node("Artifact")[:-5]
    picture.nodes = [Node(f"{hub}{number}") for number in range(HUBS)]
    await picture.write(graph)
    viewer = picture.viewer()
    reads: list[int] = []
    incomplete: list[tuple[int, Counted]] = []

    async def read(began: float) -> None:
        while time.monotonic() < began + SECONDS or len(set(reads)) < 20:
            seq = (await ledger.now(graph, viewer)).seq
            (seen,) = await graph.fetch(VISIBLE, seq=seq, hub=hub, hubs=HUBS, last=BULK - 1)
            changes = await ledger.changes(graph, viewer, seq - 1, 1)
            if seq > picture.seq:
                reads.append(seq)
                if (seen.nodes, seen.edges, len(changes)) != (100, HUBS, 1):
                    incomplete.append((seq, seen))

    with writing(neo4j, 3, "bulk", picture.organization_id, hub):
        await _first_write(graph, viewer, picture.seq)
        began = time.monotonic()
        await asyncio.gather(*(read(began) for _ in range(3)))

    while await graph.write(ERASE):
        pass
    assert incomplete == []
    print(f"\n{len(reads):,} reads beside {len(set(reads)):,} transactions")


@dataclass(frozen=True)
class Asked:
    """A question that was answered while others wrote."""

    question: Question
    found: Lineage


async def test_every_walk_beside_writers_is_the_closure_as_of_its_seq(
    graph: Graph, neo4j: Settings
) -> None:
    picture = Picture()
    root = picture.node("Artifact")
    await picture.write(graph)
    viewer = picture.viewer()
    chance = random.Random(1)
    asked: list[Asked] = []

    with writing(neo4j, 2, "grow", picture.organization_id, root):
        await _first_write(graph, viewer, picture.seq)
        began = time.monotonic()
        while time.monotonic() < began + SECONDS or len({a.found.as_of.seq for a in asked}) < 20:
            moment = await ledger.now(graph, viewer)
            (change,) = await ledger.changes(graph, viewer, moment.seq - 1, 1)
            newest = [id for id in change.subjects if kind_of(id) in ("Artifact", "Run")]
            question = Question(
                roots=[chance.choice([root, *newest, *newest])],
                direction=chance.choice(DIRECTIONS),
                depth=chance.choice((None, None, 3)),
                limit=chance.choice((None, None, 50)),
            )
            asked.append(Asked(question, await _ask(graph, viewer, question, None)))

    picture = await _read(graph, picture)
    for ask in asked:
        seq = ask.found.as_of.seq
        question = Question(
            ask.question.roots,
            ask.question.direction,
            ask.question.depth,
            ask.question.limit,
            as_of=seq,
        )
        found = answered(ask.found)
        assert found == expected(picture, viewer, question), question
        again = await _ask(graph, viewer, question, seq)
        assert answered(again) == found, question
        assert again.as_of == ask.found.as_of
    seqs = {ask.found.as_of.seq for ask in asked}
    print(
        f"\n{len(asked)} walks as of {len(seqs)} seqs of {picture.seq}, {len(picture.nodes)} nodes"
    )


async def _first_write(graph: Graph, viewer: Viewer, seq: int) -> None:
    for _ in range(600):
        if (await ledger.now(graph, viewer)).seq > seq + 10:
            return
        await asyncio.sleep(0.05)
    raise TimeoutError("The writers wrote nothing in 30 s.")


async def _ask(graph: Graph, viewer: Viewer, question: Question, as_of: int | None) -> Lineage:
    return await lineage.lineage(
        graph,
        viewer,
        question.roots,
        question.direction,
        depth=question.depth,
        limit=question.limit,
        as_of=as_of,
        seconds=60,
    )


async def _read(graph: Graph, picture: Picture) -> Picture:
    nodes = [Node(row.id, row.project_id, row.since) for row in await graph.fetch(NODES)]
    flows: list[Flow] = []
    for row in await graph.fetch(EDGES):
        source, target = (row.end, row.start) if row.kind == "LOGGED_BY" else (row.start, row.end)
        edge = Edge(
            source=source,
            target=target,
            kind=row.kind,
            role=row.role,
            reused=row.reused,
            via=row.via,
        )
        flows.append(Flow(edge, row.since, row.until))
    seq = (await ledger.now(graph, picture.viewer())).seq
    return Picture(nodes, flows, seq, picture.organization_id)
