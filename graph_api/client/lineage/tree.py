"""A lineage as a text tree.

1. From each root, edges are followed against the flow (upstream), with it (downstream), or both
   ways, in two branches.
2. What is met a second time is marked and not unfolded again, so that loops end and a shared
   ancestor costs one line per mention.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from rich.text import Text
from rich.tree import Tree

from graph_api.client.lineage.nodes import HIDDEN, LineageEdge, LineageNode
from graph_api.client.lineage.shown import Shown

_SIGNS = {
    "ARTIFACT": ("■", "cyan"),
    "RUN": ("▶", "green"),
    "MODEL": ("◆", "magenta"),
    "DATASET": ("●", "blue"),
}
_OTHER = ("○", "default")
_BROKEN = frozenset({"FAILED", "KILLED", "CRASHED"})

_Steps = Mapping[str, Sequence[tuple[str, LineageEdge]]]


def as_tree(lineage: Shown) -> Tree:
    """The tree; of several roots one below the other."""
    nodes = {node.id: node for node in lineage.nodes}
    back, forth = (
        defaultdict[str, list[tuple[str, LineageEdge]]](list),
        defaultdict[str, list[tuple[str, LineageEdge]]](list),
    )
    for edge in sorted(lineage.edges, key=lambda edge: _order(nodes, edge)):
        back[edge.target].append((edge.source, edge))
        forth[edge.source].append((edge.target, edge))

    top = Tree(Text("lineage"), hide_root=True)
    seen: set[str] = set()
    for root in lineage.roots:
        if lineage.direction == "BOTH":
            branch = top.add(_label(nodes.get(root), root, None))
            came, led = branch.add(Text("came from", "dim")), branch.add(Text("led to", "dim"))
            # The root stands above both branches, so neither unfolds it again.
            _grow(came, root, nodes, back, seen := {root}, root_is_shown=True)
            _grow(led, root, nodes, forth, seen := {root}, root_is_shown=True)
        else:
            steps = back if lineage.direction == "UPSTREAM" else forth
            _grow(top, root, nodes, steps, seen, root_is_shown=False)
    if not lineage.complete:
        reasons = ", ".join(lineage.incomplete_because)
        top.add(Text(f"… not complete: {reasons}", "yellow"))
    return top


def _grow(
    tree: Tree,
    root: str,
    nodes: Mapping[str, LineageNode],
    steps: _Steps,
    seen: set[str],
    *,
    root_is_shown: bool,
) -> None:
    """Depth first without recursion: chains may be thousands long."""
    waiting: list[tuple[Tree, str, LineageEdge | None]]
    if root_is_shown:
        waiting = [(tree, id, edge) for id, edge in reversed(steps.get(root, ()))]
    else:
        waiting = [(tree, root, None)]
    while waiting:
        parent, id, edge = waiting.pop()
        label = _label(nodes.get(id), id, edge)
        if id in seen:
            if steps.get(id):
                label.append("  ↑ see above", "dim")
            parent.add(label)
            continue
        seen.add(id)
        branch = parent.add(label)
        waiting += [(branch, next_id, step) for next_id, step in reversed(steps.get(id, ()))]


def _label(node: LineageNode | None, id: str, edge: LineageEdge | None) -> Text:
    if node is None:
        return Text(id)
    if node.kind == HIDDEN:
        return Text(node.label, "dim")
    sign, colour = _SIGNS.get(node.kind, _OTHER)
    text = Text(f"{sign} ", "red" if node.detail in _BROKEN else colour)
    text.append(node.label, "bold" if node.kind != "RUN" else "")
    kind = node.kind.lower().replace("_", " ")
    detail = node.detail if node.kind == "ARTIFACT" else f"{kind} {node.detail.lower()}".strip()
    text.append(f"  {detail}", "dim")
    if edge is not None and edge.role:
        text.append(f"  as {edge.role}", "italic")
    if edge is not None and edge.reused:
        text.append("  same content again", "dim")
    return text


def _order(nodes: Mapping[str, LineageNode], edge: LineageEdge) -> tuple[str, str, str, str]:
    source, target = nodes.get(edge.source), nodes.get(edge.target)
    return (
        source.label if source else "",
        target.label if target else "",
        edge.source,
        edge.target,
    )
