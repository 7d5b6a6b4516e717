"""Fixtures of the real MinIO."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.environment import missing
from tests.minio.server import NoMinio, RunningMinio, running_minio


@pytest.fixture(scope="session")
def minio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMinio]:
    """A real MinIO for all tests of the session."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_minio(tmp_path_factory.mktemp("minio")))
        except NoMinio as error:
            missing("MinIO", str(error))
        yield server
