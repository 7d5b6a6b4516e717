"""Keys as an operator makes them and a client brings them, with two processes that answer."""

import subprocess
from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

import graph_api as ga
from graph_api.graph import Graph
from graph_api.settings import Settings, child_environment
from tests.service import Service, neo4j_settings, serving
from tests.test_cli import COMMAND

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def variables(graph: Graph, neo4j: Settings) -> dict[str, str]:
    return neo4j_settings(neo4j) | {"GRAPH_API_KEYS": "true"}


@pytest.fixture
def workers(variables: dict[str, str], tmp_path: Path) -> Generator[list[Service]]:
    """Two services on one graph and one folder."""
    with ExitStack() as stack:
        yield [stack.enter_context(serving(tmp_path, "folder", variables)) for _ in range(2)]


@pytest.fixture
def command(variables: dict[str, str], tmp_path: Path) -> Command:
    """Runs `graph-api` as the operator does."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *words],
            cwd=tmp_path,
            env=child_environment(**variables),
            capture_output=True,
            text=True,
        )

    return run


def test_a_key_opens_its_project_on_every_worker_until_it_is_revoked(
    workers: list[Service], command: Command, tmp_path: Path
) -> None:
    made = command("keys", "create", "grace", "--write", "digits", "--days", "30")
    secret = made.stdout.strip()
    id = made.stderr.split()[1]
    assert (made.returncode, made.stdout.count("\n")) == (0, 1)
    assert made.stderr == f"Made {id} for grace. This is its secret; it is shown only now:\n"

    clients = [ga.Client(one.url, project="digits", api_key=secret) for one in workers]
    (tmp_path / "a.txt").write_text("hello")
    with clients[0].start_run(experiment="e") as run:
        data = ga.Artifact("data", type="dataset")
        data.add_file(tmp_path / "a.txt")
        run.log_artifact(data)
    fetched = clients[1].artifact("data:latest")
    assert (Path(fetched.download(tmp_path / "got")) / "a.txt").read_text() == "hello"
    archive = fetched.zip(tmp_path / "data.zip")
    assert Path(archive).read_bytes()[:2] == b"PK"
    with pytest.raises(ga.GraphApiError) as other:
        clients[0].start_run(project="other")
    assert other.value.code == "NOT_FOUND"

    listed = command("keys", "list").stdout
    assert secret not in listed
    assert [word in listed for word in (id, "grace", "write digits")] == [True] * 3
    assert command("keys", "revoke", id).returncode == 0

    for client in clients:
        with pytest.raises(ga.GraphApiError, match=f"{id} was revoked at") as revoked:
            client.artifact("data:latest")
        assert revoked.value.code == "UNAUTHENTICATED"
        client.close()


def test_without_a_key_the_client_says_what_to_do(workers: list[Service]) -> None:
    with (
        ga.Client(workers[0].url, project="digits") as client,
        pytest.raises(ga.GraphApiError, match=r"wants an API key.*Set GRAPH_API_KEY"),
    ):
        client.start_run()
    bare = httpx.post(f"{workers[0].url}/graphql", json={"query": "{ __typename }"})
    assert (bare.status_code, bare.headers["www-authenticate"]) == (401, "Bearer")
    assert [error["extensions"] for error in bare.json()["errors"]] == [{"code": "UNAUTHENTICATED"}]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("grace",), "The key would grant nothing; name a scope."),
        (("grace", "--everywhere", "all"), "a scope is read, write or admin"),
        (("grace", "--read", "nowhere"), "The organization has no Project named 'nowhere'."),
        (("grace", "--everywhere", "read", "--days", "-1"), "give it some time"),
    ],
)
def test_a_key_that_cannot_be_is_refused_in_a_sentence(
    command: Command, words: tuple[str, ...], said: str
) -> None:
    done = command("keys", "create", *words)

    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert command("keys", "list").stdout.count("api_key_") == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.org"])
def test_where_others_reach_it_the_service_does_not_start_without_keys(
    tmp_path: Path, host: str
) -> None:
    done = subprocess.run(
        [*COMMAND, "serve"],
        cwd=tmp_path,
        env=child_environment(GRAPH_API_HOST=host),
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert f"GRAPH_API_HOST is {host}, which other machines may reach" in done.stderr
    assert "GRAPH_API_KEYS=true" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_on_this_machine_alone_it_needs_none(host: str) -> None:
    assert Settings(host=host).keys is False
    assert Settings(host="0.0.0.0", keys=True).host == "0.0.0.0"
