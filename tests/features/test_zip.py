"""Row B12: all of a version as one zip, and one file of it without the rest."""

import zipfile
from pathlib import Path

import pytest

import graph_api as ga
from graph_api import Client
from tests.client.drafts import contents, draft
from tests.client.requests import requested


def test_b12_a_version_is_one_zip_and_always_the_same(client: Client, tmp_path: Path) -> None:
    logged = client.log_artifact(draft("data", {"z": b"zeta", "deep/b": b"beta"}))

    path = logged.zip(tmp_path / "one.zip")

    with zipfile.ZipFile(path) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "deep/b": b"beta",
            "z": b"zeta",
        }
    again = client.artifact("data").zip(tmp_path / "two.zip")
    assert again.read_bytes() == path.read_bytes()
    with pytest.raises(ga.NotLogged):
        draft("data", {"a": b"1"}).zip(tmp_path / "three.zip")
    assert contents(tmp_path).keys() == {"one.zip", "two.zip"}


def test_b12_one_file_is_read_by_its_range_and_what_is_not_there_is_named(client: Client) -> None:
    """Eight small files are one object in the store."""
    files = {f"part-{number}": bytes([number]) * 1000 for number in range(8)}
    logged = client.log_artifact(draft("data", files))

    with requested(client) as requests:
        assert logged.load("part-3").read() == files["part-3"]

    assert [request.method for request in requests] == ["POST", "GET"]
    asked = requests[1].url
    assert (asked.params["offset"], asked.params["length"]) == ("3000", "1000")
    assert "zip" not in asked.path
    with pytest.raises(ga.UnknownPath, match=r"no file 'part-8'\. Did you mean 'part-"):
        logged.load("part-8")
