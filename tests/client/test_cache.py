"""What was downloaded once is not fetched again, and nothing wrong ever comes of that."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from graph_api.client import cache
from graph_api.client.file import File
from tests.client.reading import grow_old, reading, with_a_quick_clock

pytestmark = pytest.mark.usefixtures("cache_folder")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def kept(local: Path, *contents: bytes) -> None:
    """Each content comes into the cache from a file of the folder, in a batch of its own."""
    local.mkdir(exist_ok=True)
    for content in contents:
        (local / sha256(content)).write_bytes(content)
        with cache.opened() as one:
            one.keep({sha256(content): local / sha256(content)})


def given(content: bytes) -> bytes | None:
    """What the cache gives for the content; None for nothing."""
    sink = BytesIO()
    with cache.opened() as one:
        return sink.getvalue() if one.give(File("f", len(content), sha256(content)), sink) else None


def objects(folder: Path) -> dict[str, bytes]:
    """All that lies in the cache, but its database."""
    return {
        path.name: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith("index.db")
    }


def holding(*contents: bytes) -> dict[str, bytes]:
    return {sha256(content): content for content in contents}


def no_links(*_: object) -> None:
    raise OSError("This file system has no hard links.")


@pytest.fixture(params=["linked", "copied"])
def local(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder whose files come into the cache as links, and as copies where those cannot be."""
    if request.param == "copied":
        monkeypatch.setattr(os, "link", no_links)
    return tmp_path / "local"


def test_a_content_that_came_in_is_given_as_often_as_one_likes(
    local: Path, cache_folder: Path
) -> None:
    kept(local, b"alpha", b"")

    assert [given(b"alpha"), given(b""), given(b"alpha")] == [b"alpha", b"", b"alpha"]
    assert given(b"other") is None
    assert objects(cache_folder) == holding(b"alpha", b"")
    assert (local / sha256(b"alpha")).read_bytes() == b"alpha"


def test_a_download_and_the_cache_share_their_bytes_but_two_downloads_do_not(
    tmp_path: Path, cache_folder: Path
) -> None:
    kept(tmp_path / "first", b"alpha")
    first = tmp_path / "first" / sha256(b"alpha")
    (inside,) = cache_folder.glob("sha256/*/*")
    assert inside.samefile(first)

    with cache.opened() as one, (tmp_path / "second").open("wb") as sink:
        assert one.give(File("f", 5, sha256(b"alpha")), sink)

    (tmp_path / "second").write_bytes(b"mine")
    assert first.read_bytes() == inside.read_bytes() == b"alpha"
    first.write_bytes(b"ALPHA")
    assert (tmp_path / "second").read_bytes() == b"mine"
    assert given(b"alpha") is None


def flip(place: Path) -> None:
    with place.open("r+b") as stream:
        stream.write(b"A")


def truncate(place: Path) -> None:
    os.truncate(place, 2)


def empty(place: Path) -> None:
    os.truncate(place, 0)


def replace(place: Path) -> None:
    other = place.with_name("other")
    other.write_bytes(b"ALPHA")
    os.utime(other, ns=(0, place.stat().st_mtime_ns))
    os.replace(other, place)


def put_a_folder_there(place: Path) -> None:
    place.unlink()
    place.mkdir()


@pytest.mark.parametrize("known", [False, True], ids=["unknown", "known"])
@pytest.mark.parametrize("damage", [flip, truncate, empty, replace, Path.unlink])
def test_a_content_that_is_damaged_is_not_given_and_can_come_again(
    local: Path,
    cache_folder: Path,
    damage: Callable[[Path], None],
    known: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_a_quick_clock(monkeypatch)
    kept(local, b"alpha")
    grow_old()
    if known:
        assert given(b"alpha") == b"alpha"
    (inside,) = cache_folder.glob("sha256/*/*")

    damage(inside)

    assert given(b"alpha") is None
    assert objects(cache_folder) == {}
    kept(local, b"alpha")
    assert given(b"alpha") == b"alpha"


def test_a_folder_in_the_place_of_a_content_costs_only_speed(
    tmp_path: Path, cache_folder: Path
) -> None:
    kept(tmp_path / "local", b"alpha")
    (inside,) = cache_folder.glob("sha256/*/*")
    put_a_folder_there(inside)

    assert given(b"alpha") is None
    kept(tmp_path / "local", b"alpha", b"beta")
    assert [given(b"alpha"), given(b"beta")] == [None, b"beta"]


def test_a_content_that_has_not_changed_is_read_once(
    local: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_a_quick_clock(monkeypatch)
    kept(local, b"alpha")
    grow_old()

    with reading(monkeypatch) as read:
        assert [given(b"alpha") for _ in range(3)] == [b"alpha"] * 3

    assert read == [sha256(b"alpha")]


def test_the_least_recently_used_goes_first_and_the_limit_holds(
    local: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAPH_API_CLIENT_CACHE_BYTES", "12")
    kept(local, b"aaaa", b"bbbb", b"cccc")
    assert given(b"aaaa") == b"aaaa"

    kept(local, b"dd")
    assert objects(cache_folder) == holding(b"aaaa", b"cccc", b"dd")
    kept(local, b"eeeeee")
    assert objects(cache_folder) == holding(b"aaaa", b"dd", b"eeeeee")
    kept(local, b"x" * 13)
    assert objects(cache_folder) == holding(b"aaaa", b"dd", b"eeeeee")
    kept(local, b"y" * 12)
    assert objects(cache_folder) == holding(b"y" * 12)
    assert (local / sha256(b"aaaa")).read_bytes() == b"aaaa"

    monkeypatch.setenv("GRAPH_API_CLIENT_CACHE_BYTES", "0")
    kept(local, b"z")
    assert objects(cache_folder) == {}


def test_a_batch_that_is_larger_than_the_cache_leaves_it_within_its_limit(
    local: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAPH_API_CLIENT_CACHE_BYTES", "10")
    contents = [b"%04d" % number for number in range(5)]
    local.mkdir()
    for content in contents:
        (local / sha256(content)).write_bytes(content)

    with cache.opened() as one:
        one.keep({sha256(content): local / sha256(content) for content in contents})

    assert len(objects(cache_folder)) == 2
    assert {given(content) for content in contents} - {None} == set(objects(cache_folder).values())


def test_what_is_there_is_counted_after_the_database_was_lost(
    local: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(local, b"aaaa", b"bbbb")
    for file in cache_folder.glob("index.db*"):
        file.write_bytes(b"This is no database." * 500)
    assert given(b"bbbb") == b"bbbb"

    monkeypatch.setenv("GRAPH_API_CLIENT_CACHE_BYTES", "8")
    kept(local, b"cccc")

    assert len(objects(cache_folder)) == 2
    assert given(b"cccc") == b"cccc"


def test_without_a_database_nothing_comes_in_that_nobody_would_count(
    tmp_path: Path, cache_folder: Path
) -> None:
    (cache_folder / "index.db").mkdir()

    kept(tmp_path / "local", b"alpha")

    assert given(b"alpha") is None
    assert objects(cache_folder) == {}


def test_copies_that_were_never_done_go_after_a_day(local: Path, cache_folder: Path) -> None:
    (cache_folder / "new").mkdir()
    for name, age in (("old", 90_000), ("young", 80_000)):
        (cache_folder / "new" / name).write_bytes(b"half")
        then = time.time() - age
        os.utime(cache_folder / "new" / name, (then, then))

    with cache.opened() as one:
        one.keep_stream(sha256(b"alpha"), BytesIO(b"alpha"))

    assert objects(cache_folder) == {"young": b"half", **holding(b"alpha")}


def test_a_list_is_kept_like_any_content(cache_folder: Path) -> None:
    entries = [{"path": "a", "size": 5}, {"path": "ü", "size": None}]
    with cache.opened() as one:
        assert one.listing("key") is None
        one.keep_listing("key", entries)
    with cache.opened() as one:
        assert one.listing("key") == entries
        assert one.listing("other") is None

    (inside,) = cache_folder.glob("sha256/*/*")
    flip(inside)
    with cache.opened() as one:
        assert one.listing("key") is None


FILL = """
import hashlib, os, sys
from pathlib import Path
from graph_api.client import cache
local, way, seed = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
if way == "copied":
    def no_links(*_): raise OSError
    os.link = no_links
local.mkdir(exist_ok=True)
print("ready", flush=True)
for number in range(int(sys.argv[4])):
    wanted = {}
    for part in range(8):
        content = b"%d" % ((number * 8 + part) * seed % 97) * 5000
        sha256 = hashlib.sha256(content).hexdigest()
        (local / sha256).unlink(missing_ok=True)
        (local / sha256).write_bytes(content)
        wanted[sha256] = local / sha256
    with cache.opened() as one:
        one.keep(wanted)
"""
LIMIT = 200_000
CONTENTS = [b"%d" % number * 5000 for number in range(97)]


def filling(local: Path, way: str, seed: int, rounds: int) -> subprocess.Popen[str]:
    """A process that brings contents in, past the limit, and has begun."""
    command = [sys.executable, "-c", FILL, str(local), way, str(seed), str(rounds)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def given_at_once() -> dict[bytes, bytes | None]:
    """What the cache gives for each of the contents, in one batch."""
    found: dict[bytes, bytes | None] = {}
    with cache.opened() as one:
        for content in CONTENTS:
            sink = BytesIO()
            hit = one.give(File("f", len(content), sha256(content)), sink)
            found[content] = sink.getvalue() if hit else None
    return found


@pytest.mark.parametrize("way", ["linked", "copied"])
def test_after_a_kill_at_any_moment_only_right_contents_are_given(
    way: str, tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAPH_API_CLIENT_CACHE_BYTES", str(LIMIT))
    for number in range(3):
        with filling(tmp_path / "local", way, 5 + number, 10_000) as process:
            while not any(cache_folder.glob("sha256/*/*")):
                time.sleep(0.01)
            time.sleep(0.03 * number)
            process.kill()

        found = given_at_once()
        assert any(found.values())
        assert all(other in (None, content) for content, other in found.items())

    # Copies that were cut off go by their age.
    shutil.rmtree(cache_folder / "new", ignore_errors=True)
    kept(tmp_path / "more", b"more")
    assert sum(map(len, objects(cache_folder).values())) <= LIMIT
    assert given(b"more") == b"more"


@pytest.mark.parametrize("way", ["linked", "copied"])
def test_processes_that_fill_and_use_it_at_once_keep_it_right_and_within_its_limit(
    way: str, tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAPH_API_CLIENT_CACHE_BYTES", str(LIMIT))
    both = [filling(tmp_path / str(seed), way, seed, 12) for seed in (5, 7)]
    hits = 0
    while any(process.poll() is None for process in both):
        for content, found in given_at_once().items():
            assert found in (None, content)
            hits += found is not None
    assert [process.wait() for process in both] == [0, 0]
    for process in both:
        assert process.stdout is not None
        process.stdout.close()

    assert hits > 0
    there = objects(cache_folder)
    assert {sha256(content) for content in there.values()} == set(there)
    assert LIMIT - 10_000 * 2 < sum(map(len, there.values())) <= LIMIT
