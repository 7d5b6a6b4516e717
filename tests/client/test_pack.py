"""Small files up and down together, and what happens when that breaks."""

import hashlib
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

import graph_api as ga
from graph_api import Client
from graph_api.client import pack
from graph_api.client.upload import _batches  # pyright: ignore[reportPrivateUsage]
from tests.client.drafts import contents, draft
from tests.client.requests import requested
from tests.environment import environment

MANY = 600_000 if environment.deep else 3_000


def asked(requests: list[httpx.Request]) -> list[str]:
    """What each request was: a call of the service, or a method of the store."""
    return ["graphql" if one.url.path == "/graphql" else one.method for one in requests]


@pytest.fixture
def files() -> dict[str, bytes]:
    """Small files that nobody has logged before."""
    return {f"part {number % 7}/{number}.txt": os.urandom(99) for number in range(60)}


class Damaged(httpx.SyncByteStream):
    """An answer whose every piece has one other bit."""

    def __init__(self, stream: object) -> None:
        assert isinstance(stream, httpx.SyncByteStream)
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._stream:
            yield piece[:-1] + bytes([piece[-1] ^ 1])

    def close(self) -> None:
        self._stream.close()


@contextmanager
def forged(client: Client, method: str) -> Generator[list[str]]:
    """The requests of a method, whose first one has a wrong signature."""
    tries: list[str] = []

    def forge(request: httpx.Request) -> None:
        if request.method == method:
            tries.append(str(request.url))
            if len(tries) == 1:
                name = next(
                    name for name in request.url.params if name.lower().endswith("signature")
                )
                request.url = request.url.copy_set_param(name, "0" * 64)

    client.store.http.event_hooks = {"request": [forge]}
    yield tries
    client.store.http.event_hooks = {}


def test_many_small_files_take_few_requests_up_and_down(
    client: Client, files: dict[str, bytes], tmp_path: Path
) -> None:
    with requested(client) as requests:
        logged = client.log_artifact(draft("data", files))
    # Draft, uploads, the pack, its completion, commit.
    assert asked(requests) == ["graphql", "graphql", "PUT", "graphql", "graphql"]

    with requested(client) as requests:
        logged.download(tmp_path / "all")
    assert asked(requests).count("GET") == 1
    assert contents(tmp_path / "all") == files
    assert logged.load("part 3/10.txt").read() == files["part 3/10.txt"]
    assert client.artifact("data").verify(tmp_path / "all") == tmp_path / "all"


def test_a_version_of_many_small_files_comes_back(client: Client, tmp_path: Path) -> None:
    source = tmp_path / "source"
    for number in range(MANY):
        place = source / f"{number % 100:02d}" / f"{number:06d}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"%06d " % number * 430)
    made = ga.Artifact("many", type="dataset")
    made.add_dir(source)

    logged = client.log_artifact(made)

    assert logged.size == MANY * 430 * 7
    logged.download(tmp_path / "down")
    ours = (place for place in source.rglob("*") if place.is_file())
    assert all(
        (tmp_path / "down" / place.relative_to(source)).read_bytes() == place.read_bytes()
        for place in ours
    )
    logged.verify(tmp_path / "down")


def test_a_file_that_changed_since_it_was_added_is_refused(
    client: Client, files: dict[str, bytes], tmp_path: Path
) -> None:
    made = ga.Artifact("data", type="dataset")
    for name, data in files.items():
        place = tmp_path / hashlib.sha256(name.encode()).hexdigest()
        place.write_bytes(data)
        made.add_file(place, name)
    (tmp_path / hashlib.sha256(b"part 3/10.txt").hexdigest()).write_bytes(b"other")

    with pytest.raises(ga.GraphApiError, match=r"'part 3/10\.txt' has changed since it was added"):
        client.log_artifact(made)
    with pytest.raises(ga.NotFound):
        client.artifact("data")


def test_an_expired_url_of_a_pack_is_asked_for_again(
    client: Client, files: dict[str, bytes], tmp_path: Path
) -> None:
    with forged(client, "PUT") as tries:
        logged = client.log_artifact(draft("data", files))
    assert len(tries) == 2
    with forged(client, "GET") as tries:
        logged.download(tmp_path)
    assert len(tries) == 2
    assert contents(tmp_path) == files


def test_damaged_bytes_of_a_pack_never_arrive(
    client: Client, files: dict[str, bytes], tmp_path: Path
) -> None:
    logged = client.log_artifact(draft("data", files))

    def damage(response: httpx.Response) -> None:
        response.stream = Damaged(response.stream)

    client.store.http.event_hooks["response"] = [damage]
    with pytest.raises(ga.GraphApiError, match="part 6/"):
        logged.download(tmp_path / "down")
    assert not (tmp_path / "down").exists()


def test_a_batch_holds_what_fits_into_memory() -> None:
    big = [ga.File(f"{number}", 60_000, f"{number:064}") for number in range(900)]
    other = [ga.File("z", 10**12, "0" * 64), ga.File("zz", None, reference="s3://b/k")]

    batches = list(_batches([*big, *other]))

    assert [file for batch in batches for file in batch] == [*big, *other]
    assert [len(batch) for batch in batches] == [279, 279, 279, 65]
    assert all(sum(map(pack.weight, batch)) <= pack.LARGEST for batch in batches)
