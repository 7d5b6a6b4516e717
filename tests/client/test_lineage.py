"""A lineage as a picture and as a tree."""

import re
from datetime import UTC, datetime
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from graph_api import Lineage, LineageEdge, LineageNode

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def node(id: str, kind: str = "ARTIFACT", detail: str = "dataset", depth: int = 0) -> LineageNode:
    return LineageNode(id, kind, f"{id}:v0", depth, detail, "digits", NOW)


def run(id: str, status: str = "COMPLETED") -> LineageNode:
    return LineageNode(id, "RUN", id, 1, status, "digits", NOW)


def edge(source: str, target: str, kind: str = "USED_BY", role: str | None = None) -> LineageEdge:
    return LineageEdge(source, target, kind, role, reused=False, via=None)


def lineage(
    nodes: list[LineageNode],
    edges: list[LineageEdge],
    roots: tuple[str, ...] = ("model",),
    direction: str = "UPSTREAM",
    because: tuple[str, ...] = (),
) -> Lineage:
    return Lineage(roots, direction, 7, NOW, not because, because, {}, tuple(nodes), tuple(edges))


DIAMOND = lineage(
    [
        node("model", detail="model"),
        run("train"),
        node("left"),
        node("right"),
        run("split"),
        node("raw"),
    ],
    [
        edge("train", "model", "LOGGED_BY"),
        edge("left", "train"),
        edge("right", "train"),
        edge("split", "left", "LOGGED_BY"),
        edge("split", "right", "LOGGED_BY"),
        edge("raw", "split"),
        edge("raw", "model", "LINKED_TO", "training dataset"),
    ],
)


def test_the_tree_unfolds_what_is_shared_once() -> None:
    assert str(DIAMOND).splitlines() == [
        "■ model:v0  model",
        "├── ■ raw:v0  dataset  as training dataset",
        "└── ▶ train  run completed",
        "    ├── ■ left:v0  dataset",
        "    │   └── ▶ split  run completed",
        "    │       └── ■ raw:v0  dataset",
        "    └── ■ right:v0  dataset",
        "        └── ▶ split  run completed  ↑ see above",
    ]


def test_a_tree_with_a_loop_ends() -> None:
    loop = lineage(
        [node("model"), run("train")],
        [edge("train", "model", "LOGGED_BY"), edge("model", "train")],
    )
    assert str(loop).splitlines() == [
        "■ model:v0  dataset",
        "└── ▶ train  run completed",
        "    └── ■ model:v0  dataset  ↑ see above",
    ]


def test_a_tree_of_both_ways_has_two_branches() -> None:
    both = lineage(
        [node("model"), run("train"), run("use")],
        [edge("train", "model", "LOGGED_BY"), edge("model", "use")],
        direction="BOTH",
    )
    assert str(both).splitlines() == [
        "■ model:v0  dataset",
        "├── came from",
        "│   └── ▶ train  run completed",
        "└── led to",
        "    └── ▶ use  run completed",
    ]


def test_a_cut_tree_says_so() -> None:
    cut = lineage([node("model")], [], because=("DEPTH", "TIMEOUT"))
    assert str(cut).splitlines()[-1] == "… not complete: DEPTH, TIMEOUT"


def test_a_chain_of_a_thousand_becomes_a_tree() -> None:
    ids = ["model", *map(str, range(1000))]
    edges = [edge(later, earlier) for earlier, later in pairwise(ids)]

    lines = str(lineage([node(id) for id in ids], edges)).splitlines()

    assert len(lines) == 1001
    assert lines[-1].strip() == "└── ■ 999:v0  dataset"


def test_names_are_text_not_markup() -> None:
    odd = lineage([LineageNode("model", "RUN", "[bold]<b>&", 0, "", None, NOW)], [])

    assert str(odd) == "▶ [bold]<b>&  run"
    assert "&lt;b&gt;&amp;" in odd._repr_html_()  # pyright: ignore[reportPrivateUsage]
    assert "<b>" not in odd._repr_html_()  # pyright: ignore[reportPrivateUsage]


def picture(of: Lineage) -> ElementTree.Element:
    bundle = of._repr_mimebundle_()  # pyright: ignore[reportPrivateUsage]
    assert sorted(bundle) == ["text/html", "text/plain"]
    return ElementTree.fromstring(bundle["text/html"])


SVG = "{http://www.w3.org/2000/svg}"


def test_the_picture_has_a_box_per_node_and_an_arrow_per_edge() -> None:
    drawn = picture(DIAMOND)

    boxes = {str(box.findtext(f"{SVG}title")).split("\n")[0]: box for box in drawn.iter(f"{SVG}g")}
    assert set(boxes) == {"model:v0", "train", "left:v0", "right:v0", "split", "raw:v0"}
    arrows = [str(path.findtext(f"{SVG}title")) for path in drawn.iter(f"{SVG}path")]
    assert sorted(filter(lambda hint: "→" in hint, arrows)) == [
        "left:v0 → train: used by",
        "raw:v0 → model:v0: training dataset",
        "raw:v0 → split: used by",
        "right:v0 → train: used by",
        "split → left:v0: logged",
        "split → right:v0: logged",
        "train → model:v0: logged",
    ]
    left = {name: x_of(box) for name, box in boxes.items()}
    assert left["raw:v0"] < left["split"] < left["left:v0"] < left["train"] < left["model:v0"]


def x_of(box: ElementTree.Element) -> int:
    found = re.match(r"translate\((\d+) ", box.attrib["transform"])
    assert found is not None
    return int(found[1])


def test_kinds_differ_in_shape_and_failed_runs_in_colour() -> None:
    drawn = picture(
        lineage(
            [
                node("artifact"),
                node("model", "MODEL"),
                node("data", "DATASET"),
                run("good"),
                run("bad", "FAILED"),
            ],
            [],
        )
    )
    shapes = {
        str(box.findtext(f"{SVG}title")).split("\n")[0]: box[1] for box in drawn.iter(f"{SVG}g")
    }
    assert [shape.tag.removeprefix(SVG) for shape in shapes.values()] == [
        "rect",
        "polygon",
        "path",
        "rect",
        "rect",
    ]
    assert shapes["artifact:v0"].attrib["rx"] != shapes["good"].attrib["rx"]
    assert len({shape.attrib["fill"] for shape in shapes.values()}) == 5


def test_the_picture_takes_the_colours_of_the_page_and_nothing_from_elsewhere() -> None:
    html = DIAMOND._repr_html_()  # pyright: ignore[reportPrivateUsage]

    texts = picture(DIAMOND).iter(f"{SVG}text")
    assert {text.attrib["fill"] for text in texts} == {"currentColor"}
    assert not re.search(r"(href|src|url\((?!#)|<script|<style|@import)", html)


def test_a_big_lineage_is_drawn_in_part_and_says_what_is_missing() -> None:
    nodes = [node("model"), *(run(f"run {number}") for number in range(1250))]
    big = lineage(nodes, [edge(f"run {number}", "model", "LOGGED_BY") for number in range(1250)])

    drawn = picture(big)

    assert len(list(drawn.iter(f"{SVG}g"))) == 200
    assert [note.text for note in drawn.findall("div")] == [
        "Not drawn: 1,051 of 1,251 nodes, the farthest from the root (1,051 run)."
    ]


@pytest.mark.parametrize("because", [("DEPTH",), ("NODE_LIMIT", "TIMEOUT")])
def test_the_picture_of_a_cut_lineage_says_so(because: tuple[str, ...]) -> None:
    drawn = picture(lineage([node("model")], [], because=because))

    assert [note.text for note in drawn.findall("div")] == [f"Not complete: {', '.join(because)}."]


HIDDEN = lineage(
    [
        node("model", detail="model"),
        LineageNode("hidden:1", "HIDDEN", "(hidden)", 1, "", None, None),
        node("raw", depth=2),
    ],
    [edge("hidden:1", "model", "HIDDEN"), edge("raw", "hidden:1", "HIDDEN")],
    because=("PERMISSION",),
)


def test_what_is_hidden_is_one_node_of_the_tree_and_lets_through() -> None:
    assert str(HIDDEN).splitlines() == [
        "■ model:v0  model",
        "└── (hidden)",
        "    └── ■ raw:v0  dataset",
        "… not complete: PERMISSION",
    ]
    assert HIDDEN.to_dict()["nodes"][1] == {
        "id": "hidden:1",
        "kind": "HIDDEN",
        "label": "(hidden)",
        "depth": 1,
        "detail": "",
        "project": None,
        "created_at": None,
    }
    graph = HIDDEN.to_networkx()
    assert list(graph.edges) == [("hidden:1", "model", 0), ("raw", "hidden:1", 0)]
    nodes, edges = HIDDEN.to_pandas()
    assert (nodes.shape, edges.shape) == ((3, 6), (2, 6))
    tables = HIDDEN.to_arrow()
    assert [table.shape for table in tables] == [(3, 7), (2, 6)]
    assert tables.nodes.to_pylist()[1]["created_at"] is None


def test_what_is_hidden_is_a_dashed_box_between_what_it_joins() -> None:
    drawn = picture(HIDDEN)

    boxes = {str(box.findtext(f"{SVG}title")): box for box in drawn.iter(f"{SVG}g")}
    assert "(hidden)\nhidden:1" in boxes
    dashed = [title for title, box in boxes.items() if "stroke-dasharray" in box[1].attrib]
    assert dashed == ["(hidden)\nhidden:1"]
    arrows = [str(path.findtext(f"{SVG}title")) for path in drawn.iter(f"{SVG}path")]
    assert sorted(filter(lambda hint: "→" in hint, arrows)) == [
        "(hidden) → model:v0: flowed",
        "raw:v0 → (hidden): flowed",
    ]
    assert "Not complete: PERMISSION." in [note.text for note in drawn.findall("div")]
