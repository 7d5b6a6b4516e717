"""Where the nodes of a picture go."""

import time

from graph_api.client.lineage.layout import layout


def columns(nodes: list[str], edges: list[tuple[str, str]]) -> dict[str, int]:
    return {node: column for node, (column, _) in layout(nodes, edges).places.items()}


def test_data_flows_from_left_to_right_by_the_longest_path() -> None:
    edges = [("a", "b"), ("b", "c"), ("a", "c"), ("c", "d")]
    assert columns(["d", "c", "b", "a"], edges) == {"a": 0, "b": 1, "c": 2, "d": 3}


def test_a_source_stands_right_before_what_it_flows_into() -> None:
    assert columns(["a", "b", "c", "late"], [("a", "b"), ("b", "c"), ("late", "c")]) == {
        "a": 0,
        "b": 1,
        "c": 2,
        "late": 1,
    }


def test_a_loop_is_drawn_with_one_edge_going_back() -> None:
    placed = layout(["a", "b", "c"], [("a", "b"), ("b", "c"), ("c", "a")])

    assert {node: column for node, (column, _) in placed.places.items()} == {"a": 0, "b": 1, "c": 2}
    assert [column for column, _ in placed.bends["c", "a"]] == [1]
    assert placed.bends["a", "b"] == []


def test_a_long_edge_bends_once_in_every_layer_on_its_way() -> None:
    placed = layout(["a", "b", "c", "d"], [("a", "b"), ("b", "c"), ("c", "d"), ("a", "d")])

    bends = placed.bends["a", "d"]
    assert [column for column, _ in bends] == [1, 2]
    for column, row in bends:
        there = [place for place in placed.places.values() if place[0] == column]
        assert all(abs(row - other) >= 1 for _, other in there)


def test_no_two_nodes_lie_on_each_other() -> None:
    nodes = [f"{layer}.{place}" for layer in range(5) for place in range(7)]
    edges = [
        (f"{layer}.{place}", f"{layer + 1}.{place * 3 % 7}")
        for layer in range(4)
        for place in range(7)
    ]
    places = layout(nodes, edges).places

    for node, (column, row) in places.items():
        for other, (other_column, other_row) in places.items():
            assert node == other or column != other_column or abs(row - other_row) >= 1 - 1e-9


def test_crossed_lines_are_uncrossed() -> None:
    places = layout(["a", "b", "x", "y"], [("a", "y"), ("b", "x")]).places

    assert (places["a"][1] < places["b"][1]) == (places["y"][1] < places["x"][1])


def test_edges_to_elsewhere_and_to_itself_are_left_out() -> None:
    placed = layout(["a", "b"], [("a", "b"), ("a", "a"), ("b", "gone")])

    assert list(placed.bends) == [("a", "b")]
    assert (placed.columns, placed.rows) == (2, 1)


def test_nothing_and_one_node_have_a_layout() -> None:
    assert (layout([], []).columns, layout([], []).rows) == (0, 0)
    assert layout(["a"], []).places == {"a": (0, 0.0)}


def test_a_chain_of_200_nodes_with_long_edges_takes_less_than_a_second() -> None:
    nodes = [str(number) for number in range(200)]
    edges = [(str(number), str(number + step)) for step in (1, 50) for number in range(200 - step)]
    began = time.perf_counter()

    assert layout(nodes, edges).columns == 200
    assert time.perf_counter() - began < 1
