"""What may be called how."""

import pytest

from graph_api.errors import BadAlias, BadName, BadPath, BadVersion
from graph_api.models import names


def test_what_looks_the_same_is_the_same() -> None:
    assert names.name("project", "cafe\u0301", 100) == "caf\u00e9"
    assert names.path("cafe\u0301/x") == "caf\u00e9/x"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        ("x" * 101, "has 101 characters; the limit is 100"),
        ("a/b", "contains '/'"),
        ("a:b", "contains ':'"),
        ("a\nb", "control character"),
        ("a\u2028b", "control character"),
        (" a", "begins or ends with a space"),
    ],
)
def test_a_bad_name_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(BadName, match=reason):
        names.name("project", text, 100)


def test_a_name_of_the_longest_length_is_taken() -> None:
    assert names.name("project", "x" * 100, 100) == "x" * 100


def test_a_label_may_hold_what_would_break_a_reference() -> None:
    assert names.label("run", "train: lr=1/2", 100) == "train: lr=1/2"


@pytest.mark.parametrize(
    "text", ["/a", "a/", "a//b", ".", "..", "a/..", "../a", "a\\b", "a\x00b", "\ud800", "x" * 1025]
)
def test_a_path_that_leaves_or_breaks_is_refused(text: str) -> None:
    with pytest.raises(BadPath):
        names.path(text)


@pytest.mark.parametrize("text", ["latest", "v0", "v12"])
def test_an_alias_cannot_look_like_a_version(text: str) -> None:
    with pytest.raises(BadAlias):
        names.alias(text, 100)


@pytest.mark.parametrize("text", ["v01", "version", "V1", "best"])
def test_an_alias_can_look_like_anything_else(text: str) -> None:
    assert names.alias(text, 100) == text


@pytest.mark.parametrize("text", ["latest", "?draft"])
def test_a_version_cannot_mean_something_else(text: str) -> None:
    with pytest.raises(BadVersion):
        names.version(text, 100)
