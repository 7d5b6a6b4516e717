"""Bytes between the client and the store: big ones, many at once, damaged, expired."""

import hashlib
import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from minio import Minio

import graph_api as ga
from graph_api import Artifact, Client
from graph_api.client.parallel import each
from graph_api.client.store import Stopped
from tests.client.drafts import contents, draft
from tests.environment import environment
from tests.service import Service, serving

MIB = 1 << 20
BLOCK = os.urandom(MIB)

# A process of its own, so that its peak is that of the one file.
ROUND_TRIP = """
import resource, sys
import graph_api as ga
url, project, source, target = sys.argv[1:]
def peak():
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with ga.Client(url, project=project) as client:
    small = ga.Artifact("small", "dataset")
    small.add(b"1", "a")
    client.log_artifact(small).load("a")
    before = peak()
    big = ga.Artifact("big", "dataset")
    big.add_file(source, "big.bin")
    client.log_artifact(big).file(target)
    print(peak() - before)
"""


def big_file(path: Path, size: int) -> str:
    """A file of that size; its SHA-256."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for number in range(size // MIB):
            block = number.to_bytes(8) + BLOCK[8:]
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


@pytest.mark.parametrize(
    "size",
    [10 * MIB, *([5120 * MIB] if environment.deep else [256 * MIB])],
    ids=lambda size: f"{size // MIB}MiB",
)
def test_a_big_file_goes_up_and_down_in_flat_memory(
    client: Client, service: Service, tmp_path: Path, size: int
) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    sha256 = big_file(source, size)
    client.log_artifact(draft("warm", {"a": b"1"})).load("a")
    before, seen, done = service.resident(), [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            seen.append(service.resident())

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        command = [sys.executable, "-c", ROUND_TRIP, service.url, str(client.project)]
        grown = subprocess.run(
            [*command, str(source), str(target)], capture_output=True, text=True, check=True
        ).stdout
    finally:
        done.set()
        watching.join()

    with (target / "big.bin").open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == sha256
    # pytest keeps the folders of its last runs.
    source.unlink()
    (target / "big.bin").unlink()
    assert int(grown) < 32 * MIB
    assert max(seen) - before < 32 * MIB


def test_many_files_go_up_and_down_at_once(client: Client, tmp_path: Path) -> None:
    files = {f"{number % 7}/{number}": b"%d" % number for number in range(1100)}
    files |= {"twice/a": b"the same", "twice/b": b"the same"}

    logged = client.log_artifact(draft("many", files))

    assert contents(logged.download(tmp_path)) == files
    assert logged.record.file_count == 1102


def test_bytes_that_are_there_are_not_sent_again(client: Client) -> None:
    data = os.urandom(MIB)
    client.log_artifact(draft("data", {"a": data}))
    sent: list[str] = []

    def remember(request: httpx.Request) -> None:
        sent.append(request.method)

    client.store.http.event_hooks["request"] = [remember]

    again = client.log_artifact(draft("data", {"b": data, "c": os.urandom(16)}))

    assert again.version == "v1"
    assert sent == ["PUT"]


def test_threads_share_one_client(client: Client, tmp_path: Path) -> None:
    def work(number: int) -> dict[str, bytes]:
        files = {"n": b"%d" % number, "same": b"same"}
        with client.start_run(name=f"thread {number}") as run:
            logged = run.log_artifact(draft(f"data-{number % 3}", files), aliases=[f"n{number}"])
            run.log_metric("n", number)
        assert logged.load("n").read() == files["n"]
        return contents(
            client.artifact(f"data-{number % 3}:n{number}").download(tmp_path / logged.id)
        )

    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(work, range(24)))

    assert got == [{"n": b"%d" % number, "same": b"same"} for number in range(24)]
    assert sorted(run.status for run in client.runs()) == ["COMPLETED"] * 24
    versions = [client.artifacts(f"data-{name}") for name in range(3)]
    assert [[artifact.version for artifact in of] for of in versions] == [
        [f"v{index}" for index in range(8)]
    ] * 3


def test_a_damaged_object_is_refused_and_nothing_is_left(
    client: Client, service: Service, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    good, bad = os.urandom(2 * MIB), os.urandom(2 * MIB)
    logged = client.log_artifact(draft("data", {"good": good, "sub/bad": bad}))
    actual = damage(service, request, bad)
    root = tmp_path / "new" / "folder"

    with pytest.raises(ga.WrongBytes) as refused:
        logged.download(root)

    error = refused.value
    assert (error.path, error.expected) == ("sub/bad", hashlib.sha256(bad).hexdigest())
    assert error.actual == actual
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ga.WrongBytes):
        logged.load("sub/bad")
    with pytest.raises(ga.WrongBytes):
        logged.zip(tmp_path / "data.zip")
    assert list(tmp_path.iterdir()) == []
    assert logged.load("good").read() == good


def damage(service: Service, request: pytest.FixtureRequest, data: bytes) -> str:
    """Change a byte of the stored object behind the service's back; its SHA-256 then."""
    changed = b"!" + data[1:]
    if service.byte_store == "folder":
        [stored] = [
            path
            for path in service.data.rglob("*")
            if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data
        ]
        stored.chmod(0o644)
        stored.write_bytes(changed)
    else:
        minio = request.getfixturevalue("minio")
        scheme, _, host = minio.endpoint.partition("://")
        store = Minio(host, minio.access_key, minio.secret_key, secure=scheme == "https")
        bucket = service.environment["GRAPH_API_S3_BUCKET"]
        sha256 = hashlib.sha256(data).hexdigest()
        [name] = [
            str(found.object_name)
            for found in store.list_objects(bucket, recursive=True)
            if found.size == len(data)
            and hashlib.sha256(store.get_object(bucket, str(found.object_name)).read()).hexdigest()
            == sha256
        ]
        store.put_object(bucket, name, io.BytesIO(changed), len(changed))
    return hashlib.sha256(changed).hexdigest()


def test_a_file_that_changes_while_it_is_logged_is_refused(client: Client, tmp_path: Path) -> None:
    for changed in (b"other", b"longer than before", b"-"):
        file = tmp_path / "f"
        file.write_bytes(b"first")
        made = Artifact("data", "dataset")
        made.add_file(file)
        file.write_bytes(changed)
        with pytest.raises(ga.FileChanged, match="'f' has changed since it was added"):
            client.log_artifact(made)
    assert made.state == "PENDING"
    assert list(client.artifacts()) == []


def test_expired_urls_are_asked_for_again(service: Service, tmp_path: Path) -> None:
    if service.byte_store == "minio":
        store = {key: value for key, value in service.environment.items() if "S3" in key}
    else:
        store = {}
    neo4j = {key: value for key, value in service.environment.items() if "NEO4J" in key}
    variables = {**neo4j, **store, "GRAPH_API_URL_SECONDS": "1"}
    with (
        serving(service.data, service.byte_store, variables) as hasty,
        Client(hasty.url, project="hasty") as client,
    ):
        slow = threading.Event()
        made = draft("data", {"a": os.urandom(16), "b": os.urandom(16)})
        methods: list[str] = []

        def late(request: httpx.Request) -> None:
            methods.append(request.method)
            if methods.count(request.method) == 1:
                slow.wait(2.5)

        client.store.http.event_hooks["request"] = [late]
        logged = client.log_artifact(made)
        assert sorted(contents(logged.download(tmp_path))) == ["a", "b"]
    assert (methods.count("PUT"), methods.count("GET")) == (2 + 1, 2 + 1)


def test_a_service_that_is_not_there_is_named_with_what_to_do() -> None:
    client = Client("http://127.0.0.1:9", project="p")
    with client, pytest.raises(ga.Unreachable) as refused:
        client.artifact("data")

    assert str(refused.value).startswith("Cannot reach http://127.0.0.1:9: ")
    assert refused.value.next_step == (
        "Is `graph-api serve` running there? Another address is named by GRAPH_API_URL."
    )
    assert refused.value.__cause__ is not None


def test_what_stops_a_part_of_a_whole_is_the_error_of_the_whole() -> None:
    inside = threading.Event()

    def outer(number: int, stop: Callable[[], bool]) -> None:
        if number == 1:
            assert inside.wait(10)
            raise KeyError("of the second")

        def inner(_: int, failed: Callable[[], bool]) -> None:
            inside.set()
            while not (failed() or stop()):
                time.sleep(0.001)
            raise Stopped

        each([1, 2, 3], inner)

    with pytest.raises(KeyError, match="of the second"):
        each([0, 1], outer, 2)
