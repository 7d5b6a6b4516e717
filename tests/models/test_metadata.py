"""Metadata: canonical JSON, and its scalars for filters."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.errors import BadMetadata
from graph_api.models.metadata import canonical, flattened

keys = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=5)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner),
    max_leaves=8,
)


@given(st.dictionaries(keys, values, max_size=5))
@settings(max_examples=100, deadline=None)
def test_canonical_json_reads_back_as_it_was_in_any_order_of_keys(value: dict[str, Any]) -> None:
    text = canonical(value, 100, 10**6)

    assert json.loads(text) == value
    assert canonical(dict(reversed(value.items())), 100, 10**6) == text


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({str(n): 1 for n in range(101)}, "it has 101 top-level keys; the limit is 100"),
        ({"x": float("nan")}, "not JSON"),
        ({"x": float("-inf")}, "not JSON"),
        ({"x": 2**53}, "not JSON"),
        ({"x": "\ud800"}, "not JSON"),
        ({"a": [{"x\x00y": 1}]}, "the key 'x.x00y' contains a control character"),
        ({"x": "y" * 2**20}, "it has 1,048,584 bytes; the limit is 262,144"),
    ],
)
def test_what_is_no_json_or_too_much_is_refused(value: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadMetadata, match=reason):
        canonical(value, 100, 2**18)


def test_scalars_lie_flat_and_dots_in_keys_are_escaped() -> None:
    value = {"a": {"b.c": 1, "d": {"e": "f"}}, "list": [1], "none": None, "x\\y": True}

    assert flattened(value) == {"meta.a.b\\.c": 1, "meta.a.d.e": "f", "meta.x\\\\y": True}


def test_at_most_100_scalars_lie_flat_the_shallowest_first_and_the_others_in_a_list() -> None:
    value = {
        "deep": {f"{n:03d}": n for n in range(300)},
        "top": 1,
        "long": {"k" * 200: True, "l" * 200: "a\tb", "m" * 200: 1e-7},
    }

    flat = flattened(value)
    beyond = flat.pop("beyond.meta")

    assert len(flat) == 100
    assert flat["meta.top"] == 1
    assert flat["meta.deep.098"] == 98
    assert beyond == [
        *(f"meta.deep.{n:03d}\tn{n}" for n in range(99, 300)),
        f"meta.long.{'k' * 200}\tbtrue",
        f"meta.long.{'l' * 200}\tsa\tb",
        f"meta.long.{'m' * 200}\tn1e-07",
    ]


@pytest.mark.parametrize("leaf", [1, {}])
def test_a_long_path_above_thousands_of_others_is_refused(leaf: object) -> None:
    with pytest.raises(BadMetadata, match="its paths are too long and too many"):
        flattened({"k" * 100_000: {str(n): leaf for n in range(10_000)}})
