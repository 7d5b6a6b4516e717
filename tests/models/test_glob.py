"""Which paths a pattern stands for."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.errors import BadInput, BadPath
from graph_api.models.glob import Glob

PATHS = ["a.png", "b.csv", "train/a.png", "train/x/b.png", "train/x/y/c.png", "test/a.png", "[x]"]


@pytest.mark.parametrize(
    ("pattern", "fitting"),
    [
        ("a.png", ["a.png"]),
        ("*", ["a.png", "b.csv", "[x]"]),
        ("*.png", ["a.png"]),
        ("train/*", ["train/a.png"]),
        ("train/**", ["train/a.png", "train/x/b.png", "train/x/y/c.png"]),
        ("train/**/*.png", ["train/a.png", "train/x/b.png", "train/x/y/c.png"]),
        ("**/a.png", ["a.png", "train/a.png", "test/a.png"]),
        ("**/x/**", ["train/x/b.png", "train/x/y/c.png"]),
        ("t*/?.png", ["train/a.png", "test/a.png"]),
        ("*/*/[bc].png", ["train/x/b.png"]),
        ("[!a].*", ["b.csv"]),
        ("[[]x]", ["[x]"]),
        ("**", PATHS),
        ("train/a.png/**", ["train/a.png"]),
        ("A.png", []),
        ("train", []),
    ],
)
def test_a_pattern_stands_for_paths_as_in_a_shell(pattern: str, fitting: list[str]) -> None:
    assert [path for path in PATHS if Glob(pattern).fits(path)] == fitting


@pytest.mark.parametrize("pattern", ["", "/a", "a//b", "../*", "a\\b"])
def test_a_pattern_that_no_path_can_fit_is_refused(pattern: str) -> None:
    with pytest.raises(BadPath):
        Glob(pattern)


def test_a_pattern_of_very_many_parts_is_refused() -> None:
    assert Glob("/".join(["a"] * 32)).fits("/".join(["a"] * 32))
    with pytest.raises(BadInput, match="The pattern has 33 parts; it can have 32"):
        Glob("/".join(["a"] * 33))


def plain(pattern: list[str], path: list[str]) -> bool:
    """By the definition alone."""
    if not pattern:
        return not path
    if pattern[0] == "**":
        return any(plain(pattern[1:], path[place:]) for place in range(len(path) + 1))
    part = "".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in pattern[0])
    return bool(path and re.fullmatch(part, path[0]) and plain(pattern[1:], path[1:]))


parts = st.lists(st.sampled_from(["a", "b", "ab", "ba", "aab"]), min_size=1, max_size=5)
patterns = st.lists(
    st.sampled_from(["**", "*", "a*", "*b", "?", "a?", "*a*b", "ab", "**a"]), min_size=1, max_size=5
)


@given(patterns, parts)
def test_it_stands_for_what_its_definition_says(pattern: list[str], path: list[str]) -> None:
    glob, text = Glob("/".join(pattern)), "/".join(path)

    assert glob.fits(text) == plain(pattern, path)
    if glob.fits(text):
        assert glob.meets(text, text)
        assert glob.meets("0", "z")


@given(patterns, parts, parts, parts)
def test_no_page_is_passed_over_in_which_a_path_fits(
    pattern: list[str], first: list[str], path: list[str], last: list[str]
) -> None:
    low, text, high = sorted("/".join(it) for it in (first, path, last))
    glob = Glob("/".join(pattern))

    assert glob.meets(low, high) or not glob.fits(text)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 300 + "b", "a" * 1_000),
        ("**/a/" * 15 + "b", "a/" * 500 + "c"),
        ("**/" + "a/" * 30 + "b", "a/" * 500 + "c"),
        ("?*" * 400 + "b", "a" * 1_000),
        ("[" * 1_000, "[" * 1_000),
    ],
)
def test_no_pattern_takes_long(pattern: str, path: str) -> None:
    glob, began = Glob(pattern), time.process_time()

    for _ in range(10):
        glob.fits(path)

    assert time.process_time() - began < 2
