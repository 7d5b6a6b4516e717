"""The zip of a version."""

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from graph_api.client.api import Api
from graph_api.client.errors import StoreRefused, WrongBytes
from graph_api.client.file import File
from graph_api.client.progress import transfer
from graph_api.client.retry import BUSY, Busy, patiently, reaching
from graph_api.client.store import Store

_CHUNK = 1 << 20


def fetch(
    api: Api, store: Store, artifact_id: str, files: Sequence[File], path: Path, title: str
) -> None:
    """Write the zip to ``path``, once every member in it has been verified.

    What was there is replaced; when something fails, it stays.
    """
    url = f"{api.url}/artifacts/{artifact_id}/zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".graph-api-", suffix=".zip", dir=path.parent)
    copy = Path(name)
    try:
        os.close(descriptor)
        with transfer(f"{title} (zip)", sum(file.size or 0 for file in files)) as counted:

            def attempt() -> None:
                came = 0
                try:
                    with _answer(api, store, url) as response, copy.open("wb") as sink:
                        _check(response, path.name)
                        for chunk in response.iter_raw(_CHUNK):
                            sink.write(chunk)
                            came += len(chunk)
                            counted.advance(len(chunk))
                except BaseException:
                    counted.advance(-came)
                    raise

            with reaching(api.url, api.next_step):
                patiently(attempt, repeatable=True)
        _verify(copy, files)
        os.chmod(copy, 0o666 & ~_umask())
        os.replace(copy, path)
    finally:
        copy.unlink(missing_ok=True)


@contextmanager
def _answer(api: Api, store: Store, url: str) -> Generator[httpx.Response]:
    """The zip while the service makes it, or from the store, where it is kept from then on."""
    with api.http.stream("GET", url) as response:
        if not response.is_redirect:
            yield response
            return
        kept = response.url.join(response.headers["location"])
    # As another client: the store must not see the key.
    with store.http.stream("GET", kept) as response:
        yield response


def _verify(copy: Path, files: Sequence[File]) -> None:
    try:
        with zipfile.ZipFile(copy) as archive:
            for file in files:
                if file.sha256 is not None:
                    with archive.open(file.path) as member:
                        digest = hashlib.sha256()
                        while chunk := member.read(_CHUNK):
                            digest.update(chunk)
                    actual = digest.hexdigest()
                    if actual != file.sha256:
                        raise WrongBytes(file.path, file.sha256, actual)
    except (zipfile.BadZipFile, KeyError) as error:
        raise StoreRefused("GET", copy.name, 200, f"not the zip of the version: {error}") from error


def _check(response: httpx.Response, name: str) -> None:
    if response.status_code in BUSY:
        raise Busy(response)
    if response.status_code != 200:
        response.read()
        raise StoreRefused("GET", name, response.status_code, response.text)


def _umask() -> int:
    # There is no way to read it without setting it.
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
