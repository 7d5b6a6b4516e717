"""What the environment says to the tests: the one place that reads it."""

import functools
import re
from collections import Counter, defaultdict
from collections.abc import Generator
from pathlib import Path
from typing import NoReturn

import httpx
import pytest
from platformdirs import user_cache_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(BaseSettings):
    """Variables of the tests; all may be left out."""

    model_config = SettingsConfigDict(env_prefix="GRAPH_API_TEST_", frozen=True)

    deep: bool = Field(default=False, description="Run the full counts and sizes of an issue.")
    require_services: bool = Field(
        default=False,
        validation_alias="REQUIRE_SERVICES",
        description="A service that cannot be had fails the tests that need it.",
    )
    cache: Path = Field(
        default=user_cache_path("graph-api"),
        validation_alias="GRAPH_API_CACHE",
        description="Folder of downloads and builds.",
    )

    s3_endpoint: str | None = Field(
        default=None, description="Address of a running S3 to test with."
    )
    s3_access_key: str = Field(default="", description="Its access key.")
    s3_secret_key: SecretStr = Field(default=SecretStr(""), description="Its secret key.")
    minio: Path | None = Field(default=None, description="A MinIO program; given, none is built.")

    chromium: str | None = Field(default=None, description="A Chromium; given, no other is used.")

    gomodcache: Path | None = Field(
        default=None,
        validation_alias="GOMODCACHE",
        description="Go's modules; given, used and kept.",
    )
    gocache: Path | None = Field(
        default=None,
        validation_alias="GOCACHE",
        description="Go's build cache; given, used and kept.",
    )


environment = Environment()


@pytest.fixture(scope="session", autouse=True)
def installed() -> Generator[None]:
    """Processes that the tests start find no pandas and no pyarrow, which no service has either.

    Neo4j's driver and scikit-learn would import them, for a third of their start.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).with_name("without")))
        yield


@pytest.fixture(scope="session", autouse=True)
def authorities() -> Generator[None]:
    """Every httpx client, and each ``httpx.get``, would read all certificates anew: 15 ms."""
    with pytest.MonkeyPatch.context() as patch:
        once = functools.cache(httpx.create_ssl_context)
        patch.setattr("httpx._transports.default.create_ssl_context", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    """No test of the client meets what the user has downloaded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRAPH_API_CLIENT_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def cache_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The client's cache folder, which is this test's own and empty."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("GRAPH_API_CLIENT_CACHE", str(folder))
    return folder


_CANNOT = re.compile(r"(?P<service>\w+) cannot be had: (?P<reason>.*?)['\")]*$", re.S)


def missing(service: str, reason: str) -> NoReturn:
    """Skip what needs the service and say so at the end; with REQUIRE_SERVICES=1 fail instead."""
    if environment.require_services:
        pytest.fail(f"{service} is required and cannot be had: {reason}")
    pytest.skip(f"{service} cannot be had: {reason}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for report in terminalreporter.stats.get("skipped", []):
        if said := _CANNOT.search(str(report.longrepr)):
            found[said["service"]][said["reason"]] += 1
    for service, reasons in found.items():
        count = reasons.total()
        terminalreporter.section(f"NOT RUN: {count} tests that need {service}", red=True)
        for reason in reasons:
            terminalreporter.line(reason)
