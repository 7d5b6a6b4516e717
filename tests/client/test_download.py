"""Downloads through the service's own byte store that come to an end too soon."""

import hashlib
import os
from collections.abc import Generator
from pathlib import Path

import pytest

import graph_api as ga
from graph_api import Client
from graph_api.client import retry
from tests.client.drafts import contents, draft
from tests.client.proxy import Proxy, proxying
from tests.service import Service

pytestmark = pytest.mark.no_bytes

MIB = 1 << 20
BIG = os.urandom(2 * MIB)


@pytest.fixture
def proxy(service: Service) -> Generator[Proxy]:
    """A way to the service on which no more than half of the big file comes by a connection."""
    host, port = service.url.removeprefix("http://").split(":")
    with proxying((host, int(port))) as proxy:
        proxy.longest = MIB
        yield proxy


@pytest.fixture
def far(client: Client, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> Generator[ga.Artifact]:
    """A version that is read that way, by who soon gives up."""
    client.log_artifact(draft("data", {"sub/big": BIG, "small": b"s"}))
    monkeypatch.setattr(retry, "_SECONDS", 1.0)
    with Client(proxy.url, project=client.project) as client:
        yield client.artifact("data:v0")


def test_a_download_that_always_breaks_off_names_the_address_and_leaves_nothing(
    far: ga.Artifact, proxy: Proxy, tmp_path: Path
) -> None:
    with pytest.raises(ga.Unreachable) as refused:
        far.download(tmp_path / "new" / "folder")
    with pytest.raises(ga.Unreachable):
        far.load("sub/big")

    assert str(refused.value).startswith(f"Cannot reach {proxy.url}/blobs/")
    assert "?" not in str(refused.value).replace(refused.value.next_step or "", "")
    assert refused.value.next_step == "Can this machine reach the byte store of the service?"
    assert list(tmp_path.iterdir()) == []

    proxy.longest = None
    assert contents(far.download(tmp_path / "new" / "folder")) == {"sub/big": BIG, "small": b"s"}


def test_a_download_that_breaks_off_leaves_the_folder_as_it_was(
    far: ga.Artifact, tmp_path: Path
) -> None:
    before = {"sub/big": b"older", "mine": b"mine"}
    for path, content in before.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)

    for download in (far.download, far.checkout):
        with pytest.raises(ga.Unreachable):
            download(tmp_path)

        assert contents(tmp_path) == before
        assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "sub"]


def test_a_zip_that_breaks_off_leaves_the_one_that_was_there(
    far: ga.Artifact, proxy: Proxy, tmp_path: Path
) -> None:
    (tmp_path / "old.zip").write_bytes(b"old")

    for name in ("old.zip", "new.zip"):
        with pytest.raises(ga.Unreachable, match=f"^Cannot reach {proxy.url}: "):
            far.zip(tmp_path / name)

    assert contents(tmp_path) == {"old.zip": b"old"}


def test_an_object_that_was_cut_short_is_refused_by_its_path_and_leaves_nothing(
    client: Client, service: Service, tmp_path: Path
) -> None:
    data = os.urandom(MIB)
    logged = client.log_artifact(draft("data", {"sub/f": data}))
    (stored,) = [
        path
        for path in service.data.rglob("*")
        if path.is_file() and path.stat().st_size == MIB and path.read_bytes() == data
    ]
    stored.chmod(0o644)
    os.truncate(stored, MIB - 1)

    with pytest.raises(ga.WrongBytes) as refused:
        logged.download(tmp_path / "new")

    assert refused.value.path == "sub/f"
    assert refused.value.actual == hashlib.sha256(data[:-1]).hexdigest()
    assert list(tmp_path.iterdir()) == []
