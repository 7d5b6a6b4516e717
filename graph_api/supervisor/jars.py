"""The jars of Neo4j, fetched once per user and checked against the pinned hashes.

1. One process at a time works on a download; others wait for it and find it done.
2. Each file goes to a folder ``….part`` under a temporary name, gets its own name once its hash
   is right, and is taken over (after another look at its hash) when an earlier try was broken off.
3. When all are there, the folder gets its final name. So a folder of that name is complete.
"""

import asyncio
import hashlib
import shutil
from collections.abc import Callable
from concurrent.futures import wait
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path, PurePosixPath

import httpx
from anyio.from_thread import start_blocking_portal

from graph_api.supervisor.errors import DownloadFailed
from graph_api.supervisor.lock import CHECK_SECONDS, locked

VERSION = "5.26.30"
LOCK_FILE = files("graph_api.supervisor") / "jars.sha256"
CONNECTIONS = 16
WAITS = (0.25, 0.5, 1.0)
"""Seconds before each further try of a file."""

Progress = Callable[[int, int], None]
"""Called with the bytes that are there and the bytes of the whole."""


@dataclass(frozen=True)
class Jar:
    """A pinned file of the Maven repository; ``size`` is in bytes."""

    sha256: str
    size: int
    path: str

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name


def read_lock(text: str) -> list[Jar]:
    """The lines ``sha256  size  path`` of a lock file."""
    rows = (line.split() for line in text.splitlines() if line.strip())
    return [Jar(sha256, int(size), path) for sha256, size, path in rows]


def fetch(
    cache: Path,
    mirror: str | None = None,
    progress: Progress | None = None,
    check: Callable[[], None] = lambda: None,
    lock_text: str | None = None,
) -> Path:
    """The folder that holds every jar, fetched from ``mirror`` or the public repository if need be.

    DownloadFailed names the file and the address. ``check`` is called in this thread, often, and
    ends the download by raising. ``lock_text`` is for tests.
    """
    text = LOCK_FILE.read_text() if lock_text is None else lock_text
    jars = read_lock(text)
    folder = cache / f"neo4j-{VERSION}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    if complete(folder, jars):
        return folder
    with locked(cache / f"{folder.name}.lock", check):
        if not complete(folder, jars):
            part = cache / f"{folder.name}.part"
            if folder.exists():  # Something removed or shortened a file.
                shutil.rmtree(part, ignore_errors=True)
                folder.rename(part)
            part.mkdir(exist_ok=True)
            address = mirror or public_repository()
            # In a thread of its own: what a signal's handler raises between two callbacks of a loop
            # would lose one, and with it the end of the loop.
            with start_blocking_portal() as portal:
                fetching = portal.start_task_soon(download, jars, part, address, progress)
                while wait([fetching], CHECK_SECONDS).not_done:
                    check()
                fetching.result()
            part.rename(folder)
    return folder


def complete(folder: Path, jars: list[Jar]) -> bool:
    """Whether the files are there with their sizes; their hashes were checked when they came."""
    try:
        return all((folder / jar.name).stat().st_size == jar.size for jar in jars)
    except FileNotFoundError:
        return False


def public_repository() -> str:
    """Address of the repository that Maven uses when it is told nothing."""
    # Slow to import, and rarely needed.
    from maven_artifact import Downloader  # pyright: ignore[reportMissingTypeStubs]

    return Downloader().resolver.base


async def download(jars: list[Jar], folder: Path, address: str, progress: Progress | None) -> None:
    """Fetch what is missing, several at once; the first failure ends the others."""
    total, done = sum(jar.size for jar in jars), 0
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    timeout = httpx.Timeout(30, connect=10, pool=None)
    async with httpx.AsyncClient(follow_redirects=True, limits=limits, timeout=timeout) as client:
        tasks = [asyncio.create_task(fetch_one(client, jar, folder, address)) for jar in jars]
        try:
            for fetched in asyncio.as_completed(tasks):
                done += await fetched
                if progress is not None:
                    progress(done, total)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def fetch_one(client: httpx.AsyncClient, jar: Jar, folder: Path, address: str) -> int:
    """Fetch a jar unless it is there; its size in bytes."""
    target = folder / jar.name
    if target.exists() and hashlib.sha256(target.read_bytes()).hexdigest() == jar.sha256:
        return jar.size
    part = target.with_name(f"{jar.name}.part")
    reason = ""
    for seconds in (0.0, *WAITS):
        await asyncio.sleep(seconds)
        try:
            found = await stream_to(part, client, f"{address.rstrip('/')}/{jar.path}")
        except httpx.HTTPStatusError as error:
            reason = f"status {error.response.status_code}"
            if error.response.status_code in (401, 403, 404, 410):
                break
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reason = str(error) or type(error).__name__
        else:
            if found == jar.sha256:
                part.replace(target)
                return jar.size
            reason = f"its SHA-256 is {found}, pinned is {jar.sha256}"
    raise DownloadFailed(jar.path, without_password(address), reason)


async def stream_to(file: Path, client: httpx.AsyncClient, url: str) -> str:
    """Write the answer to the file; its SHA-256."""
    digest = hashlib.sha256()
    async with client.stream("GET", url) as response:
        response.raise_for_status()
        with file.open("wb") as stream:
            async for chunk in response.aiter_bytes():
                digest.update(chunk)
                stream.write(chunk)
    return digest.hexdigest()


def without_password(address: str) -> str:
    """The address as it may be shown."""
    try:
        return str(httpx.URL(address).copy_with(userinfo=b""))
    except httpx.InvalidURL:
        return address
