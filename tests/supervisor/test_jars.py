import re
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from graph_api.supervisor import jars
from graph_api.supervisor.errors import DownloadFailed
from tests.supervisor.mirror import Mirror, serving
from tests.supervisor.processes import wait_until

FILES = {f"org/example/{name}/1/{name}-1.jar": name.encode() * 1000 for name in ("a", "b", "c")}
A, B, C = FILES


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Generator[Mirror]:
    monkeypatch.setattr(jars, "WAITS", (0.01, 0.01))
    with serving(Mirror(dict(FILES))) as mirror:
        yield mirror


def fetch(mirror: Mirror, cache: Path) -> Path:
    return jars.fetch(cache, mirror.address, lock_text=mirror.lock_text())


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def trusted(cache: Path) -> list[str]:
    """Files that a start would use without another look."""
    return [str(file) for file in cache.glob("neo4j-*/*") if ".part" not in file.parent.name]


def fetching(mirror: Mirror, cache: Path) -> "subprocess.Popen[bytes]":
    """The same in a process of its own."""
    script = "import sys; from pathlib import Path; from graph_api.supervisor import jars;"
    script += "jars.fetch(Path(sys.argv[1]), sys.argv[2], lock_text=sys.argv[3])"
    return subprocess.Popen(
        [sys.executable, "-c", script, str(cache), mirror.address, mirror.lock_text()]
    )


def wait_for(folder: Path, pattern: str) -> Path:
    wait_until(lambda: bool([*folder.glob(pattern)]), 20, pattern)
    return next(folder.glob(pattern))


def test_every_pinned_jar_is_fetched_once_and_its_progress_told(
    mirror: Mirror, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []

    def tell(done: int, total: int) -> None:
        told.append((done, total))

    folder = jars.fetch(tmp_path, mirror.address, tell, lock_text=mirror.lock_text())
    again = fetch(mirror, tmp_path)

    assert contents(folder) == {"a-1.jar": FILES[A], "b-1.jar": FILES[B], "c-1.jar": FILES[C]}
    assert again == folder
    assert sorted(mirror.requests) == [A, B, C]
    assert told == [(1000, 3000), (2000, 3000), (3000, 3000)]


def test_a_jar_with_other_bytes_is_refused_and_named(mirror: Mirror, tmp_path: Path) -> None:
    lock = mirror.lock_text()
    mirror.files[B] = b"x" * 1000

    with pytest.raises(DownloadFailed) as raised:
        jars.fetch(tmp_path, mirror.address, lock_text=lock)

    assert raised.value.code == "DOWNLOAD_FAILED"
    assert f"Cannot fetch {B} of Neo4j from {mirror.address}: its SHA-256 is " in str(raised.value)
    assert trusted(tmp_path) == []
    assert mirror.requests.count(B) == 3


def test_a_mirror_that_is_not_there_is_named_with_the_alternatives(tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed) as raised:
        fetch(Mirror(FILES, "http://ada:secret@127.0.0.1:9/maven"), tmp_path)

    message = str(raised.value)
    assert re.match("Cannot fetch org/example/[abc]/1/[abc]-1.jar of Neo4j from http:", message)
    assert " from http://127.0.0.1:9/maven: " in message
    assert "secret" not in message
    assert message.endswith(
        "Name another Maven repository by GRAPH_API_MAVEN_MIRROR, "
        "or a Neo4j that runs already by GRAPH_API_NEO4J_URI."
    )


def test_an_address_without_a_scheme_is_named(tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match=r"from mirror\.example/maven: "):
        fetch(Mirror(FILES, "mirror.example/maven"), tmp_path)


def test_a_jar_that_the_mirror_lacks_is_named_at_once(mirror: Mirror, tmp_path: Path) -> None:
    lock = mirror.lock_text()
    del mirror.files[C]

    with pytest.raises(DownloadFailed, match=re.escape(f"{C} of Neo4j")) as raised:
        jars.fetch(tmp_path, mirror.address, lock_text=lock)

    assert raised.value.reason == "status 404"
    assert mirror.requests.count(C) == 1


def test_an_answer_503_is_asked_again(mirror: Mirror, tmp_path: Path) -> None:
    mirror.unavailable[A] = 2

    folder = fetch(mirror, tmp_path)

    assert contents(folder)["a-1.jar"] == FILES[A]
    assert mirror.requests.count(A) == 3


def test_a_killed_download_leaves_nothing_trusted_and_is_taken_up_again(
    mirror: Mirror, tmp_path: Path
) -> None:
    mirror.hanging.add(C)
    process = fetching(mirror, tmp_path)
    part = wait_for(tmp_path, "neo4j-*.part/a-1.jar").parent
    wait_for(tmp_path, "neo4j-*.part/b-1.jar")
    process.send_signal(signal.SIGKILL)
    process.wait()

    assert trusted(tmp_path) == []
    assert not (part / "c-1.jar").exists()

    mirror.hanging.clear()
    (part / "a-1.jar").write_bytes(b"half")
    folder = fetch(mirror, tmp_path)

    assert contents(folder)["a-1.jar"] == FILES[A]
    assert contents(folder)["c-1.jar"] == FILES[C]
    assert mirror.requests.count(B) == 1


def test_two_processes_at_once_fetch_each_jar_once(mirror: Mirror, tmp_path: Path) -> None:
    processes = [fetching(mirror, tmp_path) for _ in range(2)]

    assert [process.wait(30) for process in processes] == [0, 0]
    assert sorted(mirror.requests) == [A, B, C]


@pytest.mark.parametrize("damage", ["removed", "shortened"])
def test_a_cache_that_lost_bytes_is_mended(mirror: Mirror, tmp_path: Path, damage: str) -> None:
    folder = fetch(mirror, tmp_path)
    if damage == "removed":
        (folder / "b-1.jar").unlink()
    else:
        (folder / "b-1.jar").write_bytes(b"b")

    assert fetch(mirror, tmp_path) == folder

    assert contents(folder)["b-1.jar"] == FILES[B]
    assert mirror.requests.count(A) == 1
    assert mirror.requests.count(B) == 2


def test_the_lock_file_pins_one_neo4j_by_hash() -> None:
    pinned = jars.read_lock(jars.LOCK_FILE.read_text())

    assert f"org/neo4j/neo4j/{jars.VERSION}/neo4j-{jars.VERSION}.jar" in {
        jar.path for jar in pinned
    }
    assert len({jar.name for jar in pinned}) == len(pinned)
    assert all(re.fullmatch("[0-9a-f]{64}", jar.sha256) for jar in pinned)


def test_a_repository_is_known_where_no_mirror_is_named() -> None:
    assert jars.public_repository().startswith("https://")
