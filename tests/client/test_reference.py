"""How users point at things."""

import pytest

from graph_api.client.errors import BadArgument
from graph_api.client.reference import Reference, is_id, parse


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("digits:v3", Reference(None, "digits", "v3")),
        ("digits:latest", Reference(None, "digits", "latest")),
        ("digits", Reference(None, "digits", "latest")),
        ("vision/digits:best", Reference("vision", "digits", "best")),
        ("vision/digits", Reference("vision", "digits", "latest")),
        ("a name:a version", Reference(None, "a name", "a version")),
    ],
)
def test_a_reference_names_project_name_and_version(text: str, reference: Reference) -> None:
    assert parse(text) == reference


@pytest.mark.parametrize("text", ["", ":", ":v1", "digits:", "/digits", "digits:v1:v2", "p/:v1"])
def test_what_is_no_reference_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(BadArgument, match="Write name:version"):
        parse(text)


def test_ids_are_told_from_names() -> None:
    assert is_id("artifact_01h455vb4pex5vsknk084sn02q")
    assert is_id("artifact_collection_01h455vb4pex5vsknk084sn02q")
    assert not is_id("artifact_v1")
    assert not is_id("artifact_01h455vb4pex5vsknk084sn02q:v1")
    assert not is_id("artifact_81h455vb4pex5vsknk084sn02q")
