"""Where to draw the nodes of a directed graph: a layered layout (Sugiyama's method).

1. Edges that close a loop are turned round, for the layout only.
2. Layers by the longest path; what nothing flows into stands right before what it flows into.
3. An edge across several layers gets a bend in each.
4. Sweeps to and fro order every layer by the mean place of its neighbours (barycenter).
5. The same means, kept a row apart, give the places.
"""

from collections import defaultdict, deque
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

_SWEEPS = 6

Edge = tuple[str, str]
_Point = Hashable


@dataclass(frozen=True)
class Layout:
    """Columns count layers, rows may be fractions; both begin at 0."""

    places: Mapping[str, tuple[int, float]]
    bends: Mapping[Edge, Sequence[tuple[int, float]]]
    """Places between source and target, from the source on."""

    @property
    def columns(self) -> int:
        return max((column for column, _ in self.places.values()), default=-1) + 1

    @property
    def rows(self) -> float:
        points = [*self.places.values(), *(bend for bends in self.bends.values() for bend in bends)]
        return max((row for _, row in points), default=-1.0) + 1


def layout(nodes: Sequence[str], edges: Sequence[Edge]) -> Layout:
    """Places for the nodes; edges to nodes that are not given, and to itself, are left out."""
    known = set(nodes)
    distinct = dict.fromkeys(
        edge for edge in edges if known.issuperset(edge) and edge[0] != edge[1]
    )
    turned = _loops(nodes, list(distinct))
    flow = list(dict.fromkeys((b, a) if (a, b) in turned else (a, b) for a, b in distinct))
    layers = _layers(nodes, flow)

    columns: list[list[_Point]] = [[] for _ in range(max(layers.values(), default=-1) + 1)]
    for node in nodes:
        columns[layers[node]].append(node)
    before, after = defaultdict[_Point, list[_Point]](list), defaultdict[_Point, list[_Point]](list)
    chains: dict[Edge, list[_Point]] = {}
    for a, b in flow:
        bends: list[_Point] = [(a, b, layer) for layer in range(layers[a] + 1, layers[b])]
        for layer, bend in enumerate(bends, layers[a] + 1):
            columns[layer].append(bend)
        chains[a, b] = bends
        for left, right in zip([a, *bends], [*bends, b], strict=True):
            after[left].append(right)
            before[right].append(left)

    rows = _rows(columns, before, after)
    bends_of: dict[Edge, list[tuple[int, float]]] = {}
    for a, b in distinct:
        chain = chains[b, a] if (a, b) in turned else chains[a, b]
        first = layers[b if (a, b) in turned else a] + 1
        points = [(first + step, rows[bend]) for step, bend in enumerate(chain)]
        bends_of[a, b] = points[::-1] if (a, b) in turned else points
    return Layout({node: (layers[node], rows[node]) for node in nodes}, bends_of)


def _loops(nodes: Sequence[str], edges: Sequence[Edge]) -> set[Edge]:
    """Edges that lead back to a node that a depth-first walk is still inside of."""
    after = defaultdict[str, list[str]](list)
    into: set[str] = set()
    for a, b in edges:
        after[a].append(b)
        into.add(b)
    loops: set[Edge] = set()
    inside: set[str] = set()
    done: set[str] = set()
    for start in sorted(nodes, key=lambda node: node in into):
        path = [(start, iter(after[start]))] if start not in done else []
        inside.update(node for node, _ in path)
        while path:
            node, rest = path[-1]
            for next_node in rest:
                if next_node in inside:
                    loops.add((node, next_node))
                elif next_node not in done:
                    inside.add(next_node)
                    path.append((next_node, iter(after[next_node])))
                    break
            else:
                path.pop()
                inside.discard(node)
                done.add(node)
    return loops


def _layers(nodes: Sequence[str], flow: Sequence[Edge]) -> dict[str, int]:
    after, waiting = defaultdict[str, list[str]](list), dict.fromkeys(nodes, 0)
    for a, b in flow:
        after[a].append(b)
        waiting[b] += 1
    sources = [node for node in nodes if waiting[node] == 0]
    layers, ready = dict.fromkeys(nodes, 0), deque(sources)
    while ready:
        node = ready.popleft()
        for next_node in after[node]:
            layers[next_node] = max(layers[next_node], layers[node] + 1)
            waiting[next_node] -= 1
            if waiting[next_node] == 0:
                ready.append(next_node)
    for node in sources:
        layers[node] = min((layers[next_node] for next_node in after[node]), default=1) - 1
    return layers


def _rows(
    columns: Sequence[list[_Point]],
    before: Mapping[_Point, Sequence[_Point]],
    after: Mapping[_Point, Sequence[_Point]],
) -> dict[_Point, float]:
    rows = {point: float(row) for column in columns for row, point in enumerate(column)}
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        neighbours = before if forth else after
        for column in columns if forth else reversed(columns):
            wanted = {
                point: _mean(neighbours.get(point, ()), rows, rows[point]) for point in column
            }
            column.sort(key=wanted.__getitem__)
            _spread(column, wanted, rows)
    top = min(rows.values(), default=0.0)
    return {point: row - top for point, row in rows.items()}


def _mean(points: Sequence[_Point], rows: Mapping[_Point, float], otherwise: float) -> float:
    return sum(rows[point] for point in points) / len(points) if points else otherwise


def _spread(
    column: Sequence[_Point], wanted: Mapping[_Point, float], rows: dict[_Point, float]
) -> None:
    """Places in the given order, a row apart, as near as that to where they want to be."""
    last: float | None = None
    for point in column:
        last = wanted[point] if last is None else max(wanted[point], last + 1)
        rows[point] = last
    excess = sum(rows[point] - wanted[point] for point in column) / max(len(column), 1)
    for point in column:
        rows[point] -= excess
