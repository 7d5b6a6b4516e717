"""A real MinIO: built once from the pinned Go module, started on a free port of loopback."""

import fcntl
import hashlib
import platform
import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from minio import Minio
from minio.error import MinioException
from urllib3 import PoolManager
from urllib3.exceptions import HTTPError

from tests.environment import environment

_MODULE = Path(__file__).parent
_ACCESS_KEY, _SECRET_KEY = "graph-api-tests", "only-for-tests"


class NoMinio(Exception):
    """MinIO cannot be had on this machine; the message says why and what would help."""


@dataclass(frozen=True)
class RunningMinio:
    """An S3 service; ``process`` is None where the environment named one that runs."""

    endpoint: str
    access_key: str
    secret_key: str
    process: subprocess.Popen[bytes] | None


def minio_program() -> Path:
    """The program that the environment names, else the one of go.mod, built if it is not yet."""
    if environment.minio is not None:
        return environment.minio
    pins = (_MODULE / "go.mod").read_bytes() + (_MODULE / "go.sum").read_bytes()
    system = f"{platform.system()}-{platform.machine()}".lower()
    folder = environment.cache / f"minio-{hashlib.sha256(pins).hexdigest()[:12]}-{system}"
    program = folder / "minio"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not program.exists():
                _build(program)
    return program


def _build(program: Path) -> None:
    if shutil.which("go") is None:
        raise NoMinio(
            "there is no Go to build it; install Go 1.24, or set GRAPH_API_TEST_MINIO to a minio "
            "program or GRAPH_API_TEST_S3_ENDPOINT to a running S3"
        )
    print("\nBuilding MinIO from its pinned Go module: some minutes, once …", flush=True)
    scratch = program.parent / "go"
    made = program.parent / "minio.new"
    command = [
        "env",
        f"GOMODCACHE={environment.gomodcache or scratch / 'modules'}",
        f"GOCACHE={environment.gocache or scratch / 'build'}",
        "CGO_ENABLED=0",
        "GOWORK=off",
        "GOTOOLCHAIN=local",
        "GOFLAGS=-buildvcs=false",
        *("go", "build", "-modcacherw", "-mod=readonly", "-trimpath", "-ldflags", "-s -w"),
        *("-o", str(made), "github.com/minio/minio"),
    ]
    try:
        built = subprocess.run(command, cwd=_MODULE, capture_output=True, text=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if built.returncode != 0:
        raise NoMinio("its build failed:\n" + "\n".join(built.stderr.splitlines()[-20:]))
    made.rename(program)


@contextmanager
def running_minio(folder: Path) -> Generator[RunningMinio]:
    """MinIO with its data in ``folder``, or the S3 of the environment; NoMinio if there is none.

    It is killed at the end, and may be killed before.
    """
    if environment.s3_endpoint is not None:
        yield RunningMinio(
            environment.s3_endpoint,
            environment.s3_access_key,
            environment.s3_secret_key.get_secret_value(),
            None,
        )
        return
    program = minio_program()
    address = f"127.0.0.1:{free_port()}"
    command = [
        "env",
        f"MINIO_ROOT_USER={_ACCESS_KEY}",
        f"MINIO_ROOT_PASSWORD={_SECRET_KEY}",
        "MINIO_BROWSER=off",
        "MINIO_UPDATE=off",
        str(program),
        *("server", "--quiet", "--certs-dir", str(folder / "certs"), "--address", address),
        str(folder / "data"),
    ]
    (folder / "data").mkdir(parents=True, exist_ok=True)
    log = folder / "minio.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        server = RunningMinio(f"http://{address}", _ACCESS_KEY, _SECRET_KEY, process)
        _wait(server, process, log)
        yield server
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(server: RunningMinio, process: subprocess.Popen[bytes], log: Path) -> None:
    # It says that it is ready a little before it answers signed requests.
    host = server.endpoint.removeprefix("http://")
    once = PoolManager(retries=False, timeout=2)
    client = Minio(host, server.access_key, server.secret_key, secure=False, http_client=once)
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            client.list_buckets()
        except (MinioException, HTTPError):
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"MinIO did not start:\n{log.read_text()[-2000:]}")
