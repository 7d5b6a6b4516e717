"""Files that have not changed are not read again; whatever has changed is."""

import hashlib
import mmap
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import FileIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_api import Artifact
from graph_api.client import database, index
from graph_api.client.errors import BadArgument, FileMissing
from graph_api.client.file import digested
from graph_api.client.settings import from_environment
from tests.client.reading import grow_old, reading, with_a_quick_clock


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def hashed(*paths: Path) -> list[str]:
    """What the index says of the files, in a batch of their own."""
    with index.opened() as known:
        return [known.hashed(path)[1] for path in paths]


@pytest.fixture
def file(tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of five bytes that is old enough, and an index that does not know it."""
    assert list(cache_folder.iterdir()) == []
    with_a_quick_clock(monkeypatch)
    path = tmp_path / "file"
    path.write_bytes(b"alpha")
    grow_old()
    return path


def test_a_file_that_has_not_changed_is_read_once(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reading(monkeypatch) as read:
        assert [hashed(file) for _ in range(3)] == [[sha256(b"alpha")]] * 3
    assert read == ["file"]
    with index.opened() as known:
        assert known.hashed(file) == (5, sha256(b"alpha"))
        with pytest.raises(FileMissing, match="nowhere"):
            known.hashed(file.with_name("nowhere"))


def edit_in_place(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.write(b"ALPHA")


def write_anew(file: Path) -> None:
    file.write_bytes(b"ALPHA")


def edit_and_restore_the_time(file: Path) -> None:
    before = file.stat()
    edit_in_place(file)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace_by_one_of_the_same_time(file: Path) -> None:
    before, other = file.stat(), file.with_name("other")
    other.write_bytes(b"ALPHA")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    os.replace(other, file)


def edit_in_memory(file: Path) -> None:
    with file.open("r+b") as stream, mmap.mmap(stream.fileno(), 0) as mapped:
        mapped[:] = b"ALPHA"


@pytest.mark.parametrize(
    "change",
    [
        edit_in_place,
        edit_and_restore_the_time,
        replace_by_one_of_the_same_time,
        edit_in_memory,
        write_anew,
    ],
)
def test_a_file_that_has_changed_is_read_again(file: Path, change: Callable[[Path], None]) -> None:
    assert hashed(file) == [sha256(b"alpha")]

    change(file)

    assert hashed(file) == [sha256(b"ALPHA")]
    grow_old()
    assert hashed(file) == hashed(file) == [sha256(b"ALPHA")]


def test_a_file_that_has_just_changed_is_not_trusted(
    tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However fast it changes: two contents within one tick have the same stat."""
    file = tmp_path / "file"
    for number in range(200):
        content = b"%05d" % number
        file.write_bytes(content)
        os.utime(file, ns=(0, 0))
        assert hashed(file) == [sha256(content)]
    with reading(monkeypatch) as read:
        hashed(file)
        hashed(file)
    assert read == ["file", "file"]
    with database.opened(cache_folder) as known:
        assert known.rows("SELECT count(*) FROM file") == [(0,)]


def test_a_folder_that_has_not_changed_is_added_without_being_read(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file.parent / "sub").mkdir()
    (file.parent / "sub/b").write_bytes(b"beta")
    grow_old()

    def added() -> list[str | None]:
        made = Artifact("data", "dataset")
        made.add_dir(file.parent)
        return [made.manifest[path].sha256 for path in sorted(made.manifest)]

    with reading(monkeypatch) as read:
        first = added()
    assert read == ["b", "file"]
    with reading(monkeypatch) as read:
        assert added() == first == [sha256(b"alpha"), sha256(b"beta")]
    assert read == []
    (file.parent / "sub/b").write_bytes(b"BETA")
    with reading(monkeypatch) as read:
        assert added() == [sha256(b"alpha"), sha256(b"BETA")]
    assert read == ["b"]


def test_a_file_that_comes_in_pieces_is_hashed_whole(file: Path) -> None:
    class Pieces(FileIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 3))

    with Pieces(file) as stream:
        found = digested(stream, os.fstat(stream.fileno()))

    assert found == (5, hashlib.sha256(b"alpha").digest())


def test_a_big_file_by_itself_is_read_once_and_a_small_one_does_not_ask(
    file: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = file.with_name("big")
    big.write_bytes(bytes(1 << 20))
    grow_old()

    def added(path: Path) -> str | None:
        return Artifact("data", "dataset").add_file(path).sha256

    with reading(monkeypatch) as read:
        assert added(file) == added(file) == sha256(b"alpha")
        assert list(cache_folder.iterdir()) == []
        assert added(big) == added(big) == sha256(bytes(1 << 20))
    assert read == ["big", "file", "file"]


def nothing_can_be_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPH_API_CLIENT_CACHE", "/dev/null/cache")


def no_database(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "index.db").write_bytes(b"This is no database." * 500)


def a_damaged_database(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder / "index.db"
    content = file.read_bytes()
    file.write_bytes(content[:100] + os.urandom(len(content) - 100))


def a_cut_database(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.truncate(folder / "index.db", 5000)


def a_folder_instead(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "index.db").unlink()
    (folder / "index.db").mkdir()


@pytest.mark.parametrize(
    "trouble",
    [nothing_can_be_made, no_database, a_damaged_database, a_cut_database, a_folder_instead],
)
def test_trouble_with_the_index_costs_only_speed(
    file: Path,
    cache_folder: Path,
    trouble: Callable[[Path, pytest.MonkeyPatch], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hashed(file)
    trouble(cache_folder, monkeypatch)

    assert [hashed(file) for _ in range(3)] == [[sha256(b"alpha")]] * 3
    file.write_bytes(b"other")
    assert hashed(file) == [sha256(b"other")]


def test_a_damaged_index_is_made_anew(
    file: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_database(cache_folder, monkeypatch)
    hashed(file)
    hashed(file)

    with reading(monkeypatch) as read:
        assert hashed(file) == [sha256(b"alpha")]
    assert read == []


def test_a_row_that_was_damaged_is_not_believed(file: Path, cache_folder: Path) -> None:
    hashed(file)
    with database.opened(cache_folder) as known:
        rows = known.rows("SELECT sealed FROM file")
        wrong = [bytes([rows[0][0][0] ^ 1]) + rows[0][0][1:], b"", "text", 7]
    for sealed in wrong:
        with database.opened(cache_folder) as known:
            known.change(lambda one, to=sealed: one.execute("UPDATE file SET sealed = ?", (to,)))
        assert hashed(file) == [sha256(b"alpha")]


def test_one_who_keeps_the_index_locked_is_not_waited_for_long(
    file: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed(file)
    monkeypatch.setattr(database, "_PATIENCE", 0.05)
    other = sqlite3.connect(cache_folder / "index.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        file.write_bytes(b"other")
        grow_old()
        assert hashed(file) == [sha256(b"other")]
    finally:
        other.close()


FULL = """
import resource, signal, sys
from pathlib import Path
from graph_api.client import index
index._TICK = 0
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
for _ in range(2):
    with index.opened() as known:
        print(known.hashed(Path(sys.argv[1])))
"""


def test_a_full_disk_costs_only_speed(file: Path) -> None:
    command = [sys.executable, "-c", FULL, str(file), "5000"]

    said = subprocess.run(command, capture_output=True, text=True, check=True)

    assert said.stdout == f"(5, '{sha256(b'alpha')}')\n" * 2
    assert said.stderr == ""
    assert hashed(file) == [sha256(b"alpha")]


def test_many_batches_at_once_share_the_index(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [file.with_name(f"{number}") for number in range(50)]
    for path in files:
        path.write_bytes(path.name.encode())
    grow_old()
    expected = [sha256(path.name.encode()) for path in files]

    with ThreadPoolExecutor(8) as threads:
        batches = [threads.submit(hashed, *files) for _ in range(16)]
        assert [batch.result() for batch in batches] == [expected] * 16

    with reading(monkeypatch) as read:
        assert hashed(*files) == expected
    assert read == []


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["write", "edit", "hash", "wait", "replace", "restore"]),
            st.sampled_from([b"12345", b"54321", b"longer"]),
        ),
        max_size=12,
    )
)
def test_whatever_happens_to_a_file_its_digest_is_that_of_its_bytes(
    file: Path, steps: list[tuple[str, bytes]]
) -> None:
    for step, content in steps:
        before = file.stat()
        match step:
            case "write":
                file.write_bytes(content)
            case "edit":
                with file.open("r+b") as stream:
                    stream.write(content)
            case "replace":
                other = file.with_name("other")
                other.write_bytes(content)
                os.replace(other, file)
            case "restore":
                file.write_bytes(content)
                os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
            case "wait":
                grow_old()
            case _:
                assert hashed(file) == [sha256(file.read_bytes())]
    assert hashed(file) == [sha256(file.read_bytes())]


def test_the_cache_has_a_folder_and_a_size_by_default_and_by_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("GRAPH_API_CLIENT_CACHE")
    monkeypatch.delenv("GRAPH_API_CLIENT_CACHE_BYTES", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    chosen = from_environment()
    assert (chosen.cache.parts[-2:], chosen.cache_bytes) == (("graph-api", "client"), 10 << 30)

    monkeypatch.setenv("GRAPH_API_CLIENT_CACHE", str(tmp_path / "mine"))
    monkeypatch.setenv("GRAPH_API_CLIENT_CACHE_BYTES", "1000")
    chosen = from_environment()
    assert (chosen.cache, chosen.cache_bytes) == (tmp_path / "mine", 1000)

    for wrong in ("10 GiB", "-1", "1.5"):
        monkeypatch.setenv("GRAPH_API_CLIENT_CACHE_BYTES", wrong)
        with pytest.raises(BadArgument, match=f"^GRAPH_API_CLIENT_CACHE_BYTES is '{wrong}', not"):
            from_environment()
