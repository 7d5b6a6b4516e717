"""What differs between versions, and which files fit a pattern."""

import pytest

import graph_api as ga
from graph_api import Client
from tests.client.drafts import draft
from tests.client.requests import requested


def test_a_version_tells_what_changed_since_the_one_before(client: Client) -> None:
    first = client.log_artifact(draft("data", {"a": b"1", "b": b"2", "c": b"3"}))
    second = client.log_artifact(draft("data", {"a": b"1", "b": b"two", "d": b"4"}))

    found = list(second.diff())

    assert [(it.path, it.change) for it in found] == [
        ("b", "CHANGED"),
        ("c", "REMOVED"),
        ("d", "ADDED"),
    ]
    assert [(it.before and it.before.size, it.after and it.after.size) for it in found] == [
        (1, 3),
        (1, None),
        (None, 1),
    ]
    # Each file belongs to its version: a reference to one leads there.
    assert found[0].before is not None
    assert found[0].after is not None
    assert found[0].before.uri == f"graph-api://{first.id}/b"
    assert found[0].after.uri == f"graph-api://{second.id}/b"


def test_any_two_versions_can_be_compared(client: Client) -> None:
    one = client.log_artifact(draft("one", {"a": b"1"}))
    other = client.log_artifact(draft("other", {"a": b"1", "b": b"2"}))

    assert [(it.path, it.change) for it in one.diff(other)] == [("b", "REMOVED")]
    assert [(it.path, it.change) for it in other.diff("one:latest")] == [("b", "ADDED")]
    assert list(one.diff("one:v0")) == []
    # Before the first version there was nothing.
    assert [(it.path, it.change) for it in one.diff()] == [("a", "ADDED")]
    with pytest.raises(ga.NotFound, match="none:v0"):
        one.diff("none:v0")


def test_more_differences_than_a_page_come_page_by_page(client: Client) -> None:
    made = ga.Artifact("many", "dataset")
    for number in range(1_001):
        made.add_reference(f"custom://{number}", f"{number:04}")
    version = client.log_artifact(made)

    with requested(client) as requests:
        found = version.diff()
        first = next(found)
        # The one before, and the first page.
        assert len(requests) == 2
        assert len([first, *found]) == 1_001
    assert len(requests) == 3


def test_files_that_fit_a_pattern_are_found_by_the_service(client: Client) -> None:
    files = {"a.png": b"1", "train/b.png": b"2", "train/x/c.png": b"3", "train/x/d.csv": b"4"}
    made = client.log_artifact(draft("images", files))

    assert [file.path for file in made.files("train/**/*.png")] == ["train/b.png", "train/x/c.png"]
    assert [file.path for file in made.files("*.csv")] == []
    assert [file.path for file in made.files()] == sorted(files)
    with pytest.raises(ga.Refused, match=r"'\.\./x' has the part '\.\.'"):
        made.files("../x")
