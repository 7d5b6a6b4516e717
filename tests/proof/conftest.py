"""Two API workers on the same stores, and processes that commit through them."""

import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import ExitStack
from dataclasses import dataclass
from subprocess import PIPE, Popen
from typing import Any

import httpx
import orjson
import pytest
from neo4j import AsyncDriver, AsyncGraphDatabase
from pydantic import SecretStr

from graph_api.graph import Graph, connect
from graph_api.models.viewer import Viewer
from graph_api.services import organization
from graph_api.settings import Settings, child_environment
from tests.environment import environment
from tests.service import Service, serving

PROCESSES, THREADS = (50, 1) if environment.deep else (4, 5)
CLIENTS = PROCESSES * THREADS


@dataclass(frozen=True)
class Workers:
    """Two workers: each a process, on the same graph and byte store."""

    services: tuple[Service, Service]

    @property
    def urls(self) -> list[str]:
        return [service.url for service in self.services]

    @property
    def settings(self) -> Settings:
        """Settings that name their graph."""
        variables = self.services[0].environment
        return Settings(
            neo4j_uri=variables["GRAPH_API_NEO4J_URI"],
            neo4j_user=variables["GRAPH_API_NEO4J_USER"],
            neo4j_password=SecretStr(variables["GRAPH_API_NEO4J_PASSWORD"]),
        )


@pytest.fixture(scope="session")
def workers(service: Service) -> Generator[Workers]:
    """The service of the session, and one more worker."""
    own = {"GRAPH_API_HOST", "GRAPH_API_PORT", "GRAPH_API_DATA"}
    shared = {key: value for key, value in service.environment.items() if key not in own}
    with serving(service.data, service.byte_store, shared) as second:
        yield Workers((service, second))


@pytest.fixture
async def apis(workers: Workers) -> AsyncGenerator[list["Api"]]:
    """A connection to each worker that is kept alive."""
    async with httpx.AsyncClient(trust_env=False) as one, httpx.AsyncClient(trust_env=False) as two:
        yield [Api(http, url) for http, url in zip((one, two), workers.urls, strict=True)]


@pytest.fixture
async def shared(workers: Workers) -> AsyncGenerator[Graph]:
    """The graph of the workers."""
    async with connect(workers.settings) as graph:
        yield graph


@pytest.fixture
async def local(shared: Graph) -> Viewer:
    """Who asks a service without keys."""
    default = await organization.ensure_default(shared)
    return Viewer(user="local", organization_id=default.id)


@pytest.fixture
async def driver(neo4j: Settings) -> AsyncGenerator[AsyncDriver]:
    """Connections of workers other than the test's own."""
    password = neo4j.neo4j_password.get_secret_value()
    driver = AsyncGraphDatabase.driver(  # pyright: ignore[reportUnknownMemberType]  # untyped **config
        neo4j.neo4j_uri or "", auth=(neo4j.neo4j_user, password), notifications_min_severity="OFF"
    )
    async with driver:
        yield driver


@dataclass(frozen=True)
class Api:
    """GraphQL to one worker."""

    http: httpx.AsyncClient
    url: str

    async def data(self, document: str, **variables: Any) -> Any:
        """The data of a request without errors."""
        body = {"query": document, "variables": variables}
        response = await self.http.post(f"{self.url}/graphql", json=body, timeout=60)
        answer = response.json()
        assert "errors" not in answer, answer
        return answer["data"]

    async def mutate(self, verb: str, payload: str, input: dict[str, Any]) -> Any:
        """What a mutation answers, errors of its union too."""
        inputs = {"addAliases": "AliasesInput"}
        kind = inputs.get(verb, f"{verb[0].upper()}{verb[1:]}Input")
        document = f"""mutation ($input: {kind}!) {{ {verb}(input: $input) {{
          __typename {payload} ... on Error {{ code message }} }} }}"""
        return (await self.data(document, input=input))[verb]


class Committers:
    """Processes of clients that wait for something to do, all at once."""

    def __init__(self, processes: list[Popen[bytes]]) -> None:
        self._processes = processes

    def do(self, task: str, urls: list[str], project: str) -> list[Any]:
        """What each client answers; client ``n`` goes to the worker ``n % 2``."""
        for number, process in enumerate(self._processes):
            order = {"task": task, "urls": urls, "project": project, "first": number * THREADS}
            assert process.stdin
            process.stdin.write(orjson.dumps(order) + b"\n")
            process.stdin.flush()
        answers: list[Any] = []
        for process in self._processes:
            assert process.stdout
            answers += orjson.loads(process.stdout.readline())
        return answers


@pytest.fixture(scope="session")
def committers() -> Generator[Committers]:
    """So many processes, imported and ready."""
    command = [sys.executable, "-m", "tests.proof.committer", str(THREADS)]
    with ExitStack() as stack:
        processes: list[Popen[bytes]] = []
        for _ in range(PROCESSES):
            process = Popen(command, stdin=PIPE, stdout=PIPE, env=child_environment())
            stack.callback(_end, process)
            processes.append(process)
        for process in processes:
            assert process.stdout
            assert process.stdout.readline() == b"ready\n"
        yield Committers(processes)


def _end(process: Popen[bytes]) -> None:
    process.kill()
    process.communicate()
