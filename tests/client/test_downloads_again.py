"""Downloads of what this machine had before: no bytes, few requests, and always the right files."""

import hashlib
import os
import secrets
import shutil
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import graph_api as ga
from graph_api import Artifact, Client
from graph_api.client import api, gather
from tests.client.drafts import contents, draft
from tests.client.reading import grow_old, reading, with_a_quick_clock
from tests.client.requests import requested
from tests.environment import environment
from tests.service import Service

FILES = {"a": b"alpha", "deep/b": b"beta", "deep/c": b"alpha", "empty": b""}
MANY = 10_000 if environment.deep else 30


def asked(requests: list[httpx.Request]) -> list[str]:
    return ["graphql" if one.url.path == "/graphql" else one.method for one in requests]


def anew(client: Client, service: Service) -> Client:
    """As another process: a client that remembers nothing."""
    return Client(service.url, project=client.project)


def test_another_download_fetches_nothing(client: Client, service: Service, tmp_path: Path) -> None:
    client.log_artifact(draft("data", FILES))
    with anew(client, service) as other, requested(other) as requests:
        first = other.artifact("data").download(tmp_path / "first")
    assert asked(requests) == [*["graphql"] * 3, *["GET"] * 2]

    shutil.rmtree(first / "deep")
    for root in ("first", "second"):
        with anew(client, service) as other, requested(other) as requests:
            other.artifact("data").download(tmp_path / root)
        assert asked(requests) == ["graphql", "graphql"]
        assert contents(tmp_path / root) == FILES


def test_a_file_by_itself_is_fetched_once(client: Client, service: Service) -> None:
    client.log_artifact(draft("data", FILES))
    with anew(client, service) as other, requested(other) as requests:
        data = other.artifact("data")
        assert data.load("deep/b").read() == b"beta"
        assert data.load("deep/b").read() == b"beta"
        with data.open("deep/b") as stream:
            assert stream.read() == b"beta"
        with data.open("a") as stream:
            assert stream.read() == data.load("deep/c").read() == b"alpha"
    assert asked(requests).count("GET") == 2


def test_what_others_did_not_change_is_not_read_and_verify_reads_all(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_a_quick_clock(monkeypatch)
    logged = client.log_artifact(draft("data", FILES))
    logged.download(tmp_path)
    grow_old()
    logged.download(tmp_path)

    with reading(monkeypatch) as read:
        logged.download(tmp_path)
        logged.checkout(tmp_path)
    assert read == []
    with reading(monkeypatch) as read:
        logged.verify(tmp_path)
    assert read == ["a", "b", "c", "empty"]
    (tmp_path / "deep/b").write_bytes(b"BETA")
    with reading(monkeypatch) as read:
        logged.download(tmp_path)
    # The cache shared its bytes with what was edited.
    assert read == ["b", hashlib.sha256(b"beta").hexdigest()]
    assert contents(tmp_path) == FILES


@pytest.fixture
def many(client: Client, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """A version "many" with several pages of files, and one more of other files."""
    if not environment.deep:
        for module in (api, gather):
            monkeypatch.setattr(module, "PAGE", 7)
    files = {f"{number % 10}/{number}": b"%d" % number for number in range(MANY)}
    client.log_artifact(draft("many", files))
    return files


def test_the_second_download_of_many_files_takes_two_requests(
    client: Client, service: Service, many: dict[str, bytes], tmp_path: Path
) -> None:
    with anew(client, service) as other:
        other.artifact("many").download(tmp_path / "first")

    for work in ("download", "verify", "checkout"):
        with anew(client, service) as other, requested(other) as requests:
            getattr(other.artifact("many"), work)(tmp_path / "first")
        assert asked(requests) == ["graphql", "graphql"]
    with anew(client, service) as other, requested(other) as requests:
        other.artifact("many").download(tmp_path / "second")
    assert asked(requests) == ["graphql", "graphql"]
    assert contents(tmp_path / "first") == contents(tmp_path / "second") == many


def test_lost_contents_are_asked_for_and_fetched_together(
    client: Client,
    service: Service,
    many: dict[str, bytes],
    cache_folder: Path,
    tmp_path: Path,
) -> None:
    client.artifact("many").download(tmp_path / "first")
    inside = {place.read_bytes(): place for place in cache_folder.glob("sha256/*/*")}

    for lost in (2, MANY // 2, MANY):
        for number in range(lost):
            inside[b"%d" % number].unlink()
        with anew(client, service) as other, requested(other) as requests:
            other.artifact("many").download(tmp_path / str(lost))
        calls = -(-lost // gather.PAGE)
        assert asked(requests).count("graphql") == 2 + calls
        assert asked(requests).count("GET") in range(1, lost + 1)
        # All of them lie side by side: a few for each call, since a page may begin in the midst.
        assert lost < MANY or asked(requests).count("GET") <= 2 * calls
        assert contents(tmp_path / str(lost)) == many
        inside = {place.read_bytes(): place for place in cache_folder.glob("sha256/*/*")}


def test_what_cannot_be_read_any_more_is_an_error_even_if_all_of_it_is_here(
    client: Client, service: Service, many: dict[str, bytes], tmp_path: Path
) -> None:
    client.artifact("many").download(tmp_path / "first")
    client.artifact("many").delete()
    (tmp_path / "first/mine").write_bytes(b"mine")

    with anew(client, service) as other:
        gone = other.artifact("many:v0")
        for work in (gone.checkout, gone.download, gone.verify):
            with pytest.raises(ga.Refused) as refused:
                work(tmp_path / "first")
            assert refused.value.code == "DELETED"
        with pytest.raises(ga.Refused):
            gone.new_draft()
    assert contents(tmp_path / "first") == {**many, "mine": b"mine"}


@pytest.mark.parametrize("where", ["/dev/null/cache", "/proc/cache"])
def test_a_cache_that_cannot_be_written_costs_only_speed(
    client: Client, tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAPH_API_CLIENT_CACHE", where)
    (tmp_path / "source").mkdir()
    (tmp_path / "source/a").write_bytes(bytes(1 << 20))
    made = Artifact("data", "dataset")
    made.add_dir(tmp_path / "source")
    made.add_file(tmp_path / "source/a", "b")

    logged = client.log_artifact(made)

    for _ in range(2):
        assert logged.load("a").read() == bytes(1 << 20)
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
        assert set(contents(logged.download(tmp_path / "out"))) == {"a", "b"}


def test_an_upload_leaves_no_copy_behind(
    client: Client, cache_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "big").write_bytes(os.urandom(1 << 20))
    made = Artifact("data", "dataset")
    made.add_file(tmp_path / "big")
    client.log_artifact(made)

    assert sum(path.stat().st_size for path in cache_folder.rglob("*") if path.is_file()) < 1 << 20


VERSIONS = [
    {"a": b"1111", "b/c": b"2222"},
    {"a": b"1111", "b/c": b"3333", "d": b"4444"},
    {"a": b"4444", "e": b"1111"},
]
STEP = st.tuples(
    st.sampled_from(
        ["download", "download", "checkout", "write", "edit", "remove", "damage", "lose", "wait"]
    ),
    st.integers(0, 2),
    st.integers(0, 2),
    st.sampled_from([b"1111", b"9999", b"longer"]),
)


@settings(
    max_examples=60 if environment.deep else 12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEP, min_size=5, max_size=20), most=st.sampled_from([0, 8, 10_000]))
def test_whatever_happens_a_download_gives_exactly_the_bytes(
    client: Client,
    cache_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[str, int, int, bytes]],
    most: int,
) -> None:
    """Edits in place of what was downloaded, damages of the cache, and evictions between them."""
    home = tmp_path_factory.mktemp("roots")
    shutil.rmtree(cache_folder)
    versions = [client.log_artifact(draft("data", files)) for files in VERSIONS]
    with pytest.MonkeyPatch.context() as patch:
        with_a_quick_clock(patch)
        patch.setenv("GRAPH_API_CLIENT_CACHE_BYTES", str(most))
        for step, root, number, data in steps:
            folder, inside = home / str(root), sorted(cache_folder.glob("sha256/*/*"))
            files = sorted(path for path in folder.rglob("*") if path.is_file())
            match step:
                case "download":
                    found = contents(versions[number].download(folder))
                    assert {path: found[path] for path in VERSIONS[number]} == VERSIONS[number]
                case "checkout":
                    assert contents(versions[number].checkout(folder)) == VERSIONS[number]
                case "write" if files:
                    files[number % len(files)].write_bytes(data)
                case "edit" if files:
                    with files[number % len(files)].open("r+b") as stream:
                        stream.write(data)
                case "remove" if files:
                    files[number % len(files)].unlink()
                case "damage" if inside:
                    inside[number % len(inside)].write_bytes(data)
                case "lose" if inside:
                    inside[number % len(inside)].unlink()
                case _:
                    grow_old()
        # What was edited may have become longer by two bytes, twice.
        assert sum(path.stat().st_size for path in cache_folder.glob("sha256/*/*")) <= most + 4
        for number, version in enumerate(versions):
            fresh = home / secrets.token_hex(4)
            assert contents(version.download(fresh)) == VERSIONS[number]
    shutil.rmtree(home)
