"""A lineage as an SVG picture inside HTML, made without any other program.

Text and lines take the colour of the page (``currentColor``) and boxes are translucent, so that
it is legible in light and in dark.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from html import escape

from graph_api.client.lineage.layout import Layout, layout
from graph_api.client.lineage.nodes import HIDDEN, LineageEdge, LineageNode
from graph_api.client.lineage.shown import Shown

MOST_NODES = 200
_WIDTH, _HEIGHT = 168, 40
_COLUMN, _ROW = _WIDTH + 56, _HEIGHT + 16
_MARGIN = 12
_LETTERS = 21

_COLOURS = {"ARTIFACT": "#1f9bb5", "RUN": "#3f9d4f", "MODEL": "#b45cc4", "DATASET": "#4a7fe0"}
_OTHER, _BROKEN = "#8a8a8a", "#d9463e"
_SAID = {"USED_BY": "used by", "LOGGED_BY": "logged", HIDDEN: "flowed"}


def picture(lineage: Shown) -> str:
    """The picture; of more than 200 nodes those nearest to the roots, and a note of the rest."""
    drawn, left_out = lineage.nodes[:MOST_NODES], lineage.nodes[MOST_NODES:]
    edges = [edge for edge in lineage.edges if edge.source != edge.target]
    placed = layout([node.id for node in drawn], [(edge.source, edge.target) for edge in edges])
    edges = [edge for edge in edges if (edge.source, edge.target) in placed.bends]
    width = placed.columns * _COLUMN - (_COLUMN - _WIDTH) + 2 * _MARGIN
    height = round(placed.rows * _ROW - (_ROW - _HEIGHT) + 2 * _MARGIN)
    labels = {node.id: node.label for node in drawn}
    boxes = "".join(_box(node, placed, node.id in lineage.roots) for node in drawn)
    # An arrowhead of its own: that of another picture on the page may be hidden, or of its colour.
    arrow = f"arrow-{hashlib.sha256(boxes.encode()).hexdigest()[:12]}"
    lines = "".join(_line(edge, placed, labels, arrow) for edge in edges)
    notes = _notes(lineage, left_out)
    return (
        '<div style="overflow:auto">'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="Lineage" '
        'font-family="system-ui, sans-serif" font-size="12" color="inherit">'
        f'<defs><marker id="{arrow}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="currentColor" '
        'fill-opacity=".6"/></marker></defs>'
        f"{lines}{boxes}</svg>{''.join(f'<div>{escape(note)}</div>' for note in notes)}</div>"
    )


def _notes(lineage: Shown, left_out: Sequence[LineageNode]) -> list[str]:
    notes: list[str] = []
    if left_out:
        kinds = Counter(_words(node.kind) for node in left_out)
        counts = ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items()))
        notes.append(
            f"Not drawn: {len(left_out):,} of {len(lineage.nodes):,} nodes, "
            f"the farthest from the root ({counts})."
        )
    if not lineage.complete:
        notes.append(f"Not complete: {', '.join(lineage.incomplete_because)}.")
    return notes


def _box(node: LineageNode, placed: Layout, is_root: bool) -> str:
    x, y = _corner(*placed.places[node.id])
    colour = _COLOURS.get(node.kind, _OTHER)
    if node.detail in ("FAILED", "KILLED", "CRASHED"):
        colour = _BROKEN
    style = (
        f'fill="{colour}" fill-opacity=".16" stroke="{colour}" '
        f'stroke-width="{3 if is_root else 1.5}"'
    )
    if node.kind == HIDDEN:
        style += ' stroke-dasharray="5 3"'
    kind = "" if node.kind == HIDDEN else _words(node.kind)
    second = f"{kind} · {node.detail.lower() if node.kind == 'RUN' else node.detail}".rstrip(" ·")
    hint = "\n".join(
        filter(None, (node.label, second, node.project and f"project {node.project}", node.id))
    )
    return (
        f'<g transform="translate({x} {y})"><title>{escape(hint)}</title>{_shape(node, style)}'
        f'<text x="{_WIDTH / 2:g}" y="17" text-anchor="middle" font-weight="600" '
        f'fill="currentColor">{escape(_short(node.label))}</text>'
        f'<text x="{_WIDTH / 2:g}" y="32" text-anchor="middle" font-size="10" fill-opacity=".75" '
        f'fill="currentColor">{escape(_short(second, _LETTERS + 5))}</text></g>'
    )


def _shape(node: LineageNode, style: str) -> str:
    """Artifacts have corners, runs are round, models are hexagons, datasets are drums.

    What is hidden has corners, too, and dashes.
    """
    w, h = _WIDTH, _HEIGHT
    if node.kind == "MODEL":
        points = f"10,0 {w - 10},0 {w},{h // 2} {w - 10},{h} 10,{h} 0,{h // 2}"
        return f'<polygon points="{points}" {style}/>'
    if node.kind == "DATASET":
        drum = f"M0 5 Q{w // 2} -5 {w} 5 V{h - 5} Q{w // 2} {h + 5} 0 {h - 5}Z"
        return f'<path d="{drum}" {style}/>'
    radius = h // 2 if node.kind == "RUN" else 3
    return f'<rect width="{w}" height="{h}" rx="{radius}" {style}/>'


def _line(edge: LineageEdge, placed: Layout, labels: dict[str, str], arrow: str) -> str:
    start, end = placed.places[edge.source], placed.places[edge.target]
    points = [start, *placed.bends[edge.source, edge.target], end]
    forward = start[0] < end[0]
    (x, y), *rest = [_corner(*point) for point in points]
    x, y = x + (_WIDTH if forward else 0), y + _HEIGHT // 2
    path = f"M{x} {y}"
    for number, (corner_x, corner_y) in enumerate(rest):
        last = number == len(rest) - 1
        next_x = corner_x + (0 if forward else _WIDTH)
        next_y, middle = corner_y + _HEIGHT // 2, (x + next_x) // 2
        path += f"C{middle} {y} {middle} {next_y} {next_x} {next_y}"
        x, y = next_x, next_y
        if not last:
            x = corner_x + (_WIDTH if forward else 0)
            path += f"H{x}"
    dashes = ' stroke-dasharray="5 3"' if edge.kind == "LINKED_TO" else ""
    said = edge.role or _SAID.get(edge.kind, "linked to")
    hint = f"{labels[edge.source]} → {labels[edge.target]}: {said}"
    hint += " (same content again)" if edge.reused else ""
    return (
        f'<path d="{path}" fill="none" stroke="currentColor" stroke-opacity=".5"{dashes} '
        f'marker-end="url(#{arrow})"><title>{escape(hint)}</title></path>'
    )


def _corner(column: int, row: float) -> tuple[int, int]:
    return _MARGIN + column * _COLUMN, _MARGIN + round(row * _ROW)


def _words(kind: str) -> str:
    return kind.lower().replace("_", " ")


def _short(text: str, letters: int = _LETTERS) -> str:
    return text if len(text) <= letters else text[: letters - 1] + "…"
