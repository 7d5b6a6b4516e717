"""Big files through connections that are cut, and clients that are killed."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

import graph_api as ga
from graph_api import Client
from tests.client.drafts import draft
from tests.client.proxy import Proxy, proxying
from tests.environment import environment
from tests.service import Service, serving

MIB = 1 << 20
PART = 5 * MIB
PARTS = 6
SIZE = (PARTS - 1) * PART + 7
# Calls of GraphQL, headers, and what was on its way in a connection that was cut.
OVERHEAD = MIB

LOG = """
import sys
import graph_api as ga
url, project, source = sys.argv[1:]
with ga.Client(url, project=project) as client:
    big = ga.Artifact("big", "dataset")
    big.add_file(source, "big.bin")
    print(client.log_artifact(big).version)
"""


@dataclass(frozen=True)
class Cut:
    """A service with parts of 5 MiB, whose store is reached through a proxy."""

    url: str
    service: Service
    proxy: Proxy


@pytest.fixture(scope="session")
def sliced(service: Service) -> Generator[Cut]:
    """The service of the session once more, on the same stores."""
    keep = ("NEO4J", "S3")
    variables = {
        name: value for name, value in service.environment.items() if any(k in name for k in keep)
    }
    variables["GRAPH_API_PART_BYTES"] = str(PART)
    endpoint = variables.get("GRAPH_API_S3_ENDPOINT", service.url)
    with proxying(_address(endpoint)) as proxy:
        if service.byte_store == "minio":
            variables["GRAPH_API_S3_PUBLIC_ENDPOINT"] = proxy.url
        with serving(service.data, service.byte_store, variables) as other:
            if service.byte_store == "folder":
                # It signs URLs for the address by which it is reached.
                proxy.upstream = _address(other.url)
            yield Cut(proxy.url if service.byte_store == "folder" else other.url, other, proxy)


@pytest.fixture
def cut(sliced: Cut) -> Cut:
    """It again, with a proxy that has counted nothing and cuts nothing yet."""
    proxy = sliced.proxy
    proxy.drain()
    proxy.sent, proxy.cuts, proxy.hold_at = 0, [], None
    proxy.held.clear()
    return sliced


def _address(url: str) -> tuple[str, int]:
    host, port = url.removeprefix("http://").split(":")
    return host, int(port)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file of six parts."""
    path = tmp_path / "source"
    path.write_bytes(os.urandom(SIZE))
    return path


def logged(client: Client, source: Path) -> ga.Artifact:
    big = ga.Artifact("big", "dataset")
    big.add_file(source, "big.bin")
    return client.log_artifact(big)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("part", range(PARTS) if environment.deep else [0, 3, 5])
def test_a_connection_that_is_cut_costs_one_part_at_most(
    cut: Cut, client: Client, source: Path, part: int
) -> None:
    cut.proxy.cuts = [part * PART + (MIB if part < PARTS - 1 else -MIB)]

    with Client(cut.url, project=client.project) as through:
        big = logged(through, source)

    assert cut.proxy.cuts == []
    assert SIZE < cut.proxy.sent < SIZE + PART + OVERHEAD
    assert sha256(client.artifact(big.id).load("big.bin").read()) == sha256(source.read_bytes())


def test_connections_that_are_cut_again_and_again_cost_a_part_each(
    cut: Cut, client: Client, source: Path
) -> None:
    cut.proxy.cuts = [number * 7 * MIB for number in range(1, 5)]

    with Client(cut.url, project=client.project) as through:
        big = logged(through, source)

    assert cut.proxy.cuts == []
    assert cut.proxy.sent < SIZE + 4 * PART + OVERHEAD
    assert sha256(client.artifact(big.id).load("big.bin").read()) == sha256(source.read_bytes())


# The last part has 7 bytes: nobody can be killed in the midst of it.
@pytest.mark.parametrize("part", range(PARTS - 1) if environment.deep else [3])
def test_a_new_process_sends_only_what_a_killed_one_did_not(
    cut: Cut, client: Client, source: Path, part: int
) -> None:
    cut.proxy.hold_at = part * PART + 2 * MIB
    command = [sys.executable, "-c", LOG, cut.url, str(client.project), str(source)]
    first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert cut.proxy.held.wait(60)
    first.kill()
    first.wait()
    cut.proxy.drain()
    passed, cut.proxy.hold_at, cut.proxy.sent = cut.proxy.sent, None, 0
    arrived = uploaded(cut, client, source)

    version = subprocess.check_output(command, text=True)

    missing = sum(PART if number < PARTS else 7 for number in range(1, PARTS + 1))
    missing -= sum(PART if number < PARTS else 7 for number in arrived)
    assert version == "v0\n"
    assert len(arrived) * PART <= passed
    # Four parts are under way at once; all others that went through must have arrived.
    assert len(arrived) >= part - 4
    assert missing <= cut.proxy.sent < missing + OVERHEAD
    (big,) = client.artifacts("big")
    assert sha256(big.load("big.bin").read()) == sha256(source.read_bytes())


def uploaded(cut: Cut, client: Client, source: Path) -> list[int]:
    """Which parts of the file have arrived, as the service says to a draft of its own."""
    with Client(cut.service.url, project=client.project) as asking:
        made = asking.api.mutate(
            "createDraft",
            "DraftPayload",
            "artifact { id }",
            {"project": asking.project, "name": "other", "type": "dataset"},
        )
        file = {"path": "f", "size": SIZE, "sha256": sha256(source.read_bytes())}
        answer = asking.api.mutate(
            "requestUploads",
            "UploadsPayload",
            "uploads { url } multipartUploads { partSize partCount uploaded }",
            {"draft": made["artifact"]["id"], "files": [file]},
        )
    (upload,) = answer["multipartUploads"]
    assert answer["uploads"] == [None]
    assert (upload["partSize"], upload["partCount"]) == (PART, PARTS)
    return upload["uploaded"]


def test_several_who_log_one_big_file_at_once_all_have_it(
    cut: Cut, client: Client, source: Path
) -> None:
    def log(number: int) -> ga.Artifact:
        with Client(cut.url, project=client.project) as through:
            big = ga.Artifact(f"big-{number}", "dataset")
            big.add_file(source, "big.bin")
            return through.log_artifact(big)

    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(log, range(4)))

    expected = sha256(source.read_bytes())
    assert [big.version for big in made] == ["v0"] * 4
    assert {sha256(client.artifact(big.id).load("big.bin").read()) for big in made} == {expected}


def test_small_files_beside_a_big_one_go_up_whole_and_what_is_here_is_not_sent(
    cut: Cut, client: Client, source: Path
) -> None:
    with Client(cut.url, project=client.project) as through:
        both = draft("both", {"small": b"1", "edge": bytes(PART)})
        both.add_file(source, "big.bin")
        both.add_file(source, "again.bin")
        made = through.log_artifact(both)
        sent, cut.proxy.sent = cut.proxy.sent, 0
        other = ga.Artifact("other", "dataset")
        other.add_file(source, "big.bin")
        through.log_artifact(other)

    assert SIZE + PART < sent < SIZE + PART + OVERHEAD
    assert cut.proxy.sent < OVERHEAD
    assert made.record.file_count == 4
    for path in ("big.bin", "again.bin"):
        assert client.artifact(made.id).load(path).read() == source.read_bytes()


def test_a_big_file_that_changes_while_it_is_logged_is_refused(
    cut: Cut, client: Client, source: Path
) -> None:
    before = source.read_bytes()
    for changed in (
        before[:-1] + bytes([before[-1] ^ 1]),
        before + b"!",
        before[:-1],
        before[: PART + 1],
    ):
        source.write_bytes(before)
        big = ga.Artifact("big", "dataset")
        big.add_file(source, "big.bin")
        source.write_bytes(changed)
        with (
            Client(cut.url, project=client.project) as through,
            pytest.raises(ga.FileChanged, match=r"'big\.bin' has changed since it was added"),
        ):
            through.log_artifact(big)

    assert list(client.artifacts()) == []
    source.write_bytes(before)
    with Client(cut.url, project=client.project) as through:
        assert logged(through, source).load("big.bin").read() == before
