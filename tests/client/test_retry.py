"""What is sent again, and what is not."""

import hashlib
import io
import json
import socket
import threading
import time
from pathlib import Path

import pytest

import graph_api as ga
from graph_api import Client
from graph_api.client.errors import NotTheService
from graph_api.client.file import File
from graph_api.client.progress import Transfer
from graph_api.client.store import Source, Store, Upload
from tests.client.unreliable import Answer, answering
from tests.minio.server import free_port

BUSY = Answer(
    503,
    {"errors": [{"message": "The graph does not answer.", "extensions": {"code": "UNAVAILABLE"}}]},
    {"retry-after": "0"},
)
BROKEN = Answer(0)
QUERY, MUTATION = "{ __typename }", "mutation { setStage { __typename } }"


@pytest.mark.parametrize("trouble", [BUSY, BROKEN, Answer(502, b"", {"retry-after": "0"})])
def test_a_query_is_sent_again(trouble: Answer) -> None:
    with answering(trouble, trouble, Answer()) as server, Client(server.url) as client:
        assert client.execute(QUERY) == {"__typename": "Query"}
    assert len(server.requests) == 3
    assert len(set(server.requests)) == 1


def test_a_mutation_is_not_sent_again_after_it_may_have_arrived() -> None:
    with answering(BROKEN, Answer()) as server, Client(server.url) as client:
        with pytest.raises(ga.Unreachable):
            client.execute(MUTATION)
        assert len(server.requests) == 1
    with answering(BUSY, Answer()) as server, Client(server.url) as client:
        with pytest.raises(ga.Refused, match="The graph does not answer") as refused:
            client.execute(MUTATION)
        assert refused.value.code == "UNAVAILABLE"
        assert len(server.requests) == 1


@pytest.mark.parametrize(("status", "code"), [(429, "RATE_LIMITED"), (503, "TOO_BUSY")])
def test_a_mutation_that_was_not_begun_is_sent_again_when_the_server_says(
    status: int, code: str
) -> None:
    errors = [{"message": "Not now.", "extensions": {"code": code}}]
    later = Answer(status, {"errors": errors}, {"retry-after": "1"})
    with answering(later, Answer()) as server, Client(server.url) as client:
        began = time.monotonic()
        client.execute(MUTATION)
    assert len(server.requests) == 2
    assert 1 <= time.monotonic() - began < 5


def test_a_mutation_that_may_be_repeated_is_sent_again() -> None:
    done = {"data": {"commitArtifact": {"__typename": "CommitPayload", "created": True}}}
    with answering(BROKEN, BUSY, Answer(body=done)) as server, Client(server.url) as client:
        answer = client.api.mutate("commitArtifact", "CommitPayload", "created", {"draft": "d"})
    assert answer["created"] is True
    assert len(server.requests) == 3


def test_what_would_be_made_twice_is_sent_again_under_one_key() -> None:
    done = {"data": {"createDraft": {"__typename": "DraftPayload", "artifact": {"id": "a"}}}}
    with answering(BROKEN, BUSY, Answer(body=done)) as server, Client(server.url) as client:
        for _ in range(2):
            client.api.mutate("createDraft", "DraftPayload", "artifact { id }", {"name": "data"})

    keys = [
        json.loads(request)["variables"]["input"]["idempotencyKey"] for request in server.requests
    ]
    assert keys[:3] == [keys[0]] * 3
    assert len(keys) == 4
    assert len(set(keys)) == 2


def test_retry_after_is_waited_for() -> None:
    later = Answer(503, b"", {"retry-after": "1"})
    with answering(later, Answer()) as server, Client(server.url) as client:
        began = time.monotonic()
        client.execute(QUERY)
    assert 1 <= time.monotonic() - began < 5


def test_a_server_that_starts_late_is_reached() -> None:
    port = free_port()

    def start() -> None:
        time.sleep(0.3)
        with socket.create_server(("127.0.0.1", port)) as server:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                body = b'{"data": {"a": 1}}'
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                    b"content-length: %d\r\n\r\n%b" % (len(body), body)
                )

    thread = threading.Thread(target=start)
    thread.start()
    # Not even a mutation has been sent while nobody listened.
    with Client(f"http://127.0.0.1:{port}") as client:
        assert client.execute(MUTATION) == {"a": 1}
    thread.join()


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404, b"<html>", {"content-type": "text/html"}),
        Answer(200, []),
        Answer(200, {"data": None}),
        Answer(200, {"errors": 7}),
        Answer(200, b"7"),
    ],
)
def test_something_else_at_the_address_is_named(answer: Answer) -> None:
    with answering(answer) as server, Client(server.url) as client:
        said = f"^{server.url} answered {answer.status}"
        with pytest.raises(NotTheService, match=said):
            client.execute(QUERY)


def test_the_key_goes_to_the_service_and_never_to_the_store() -> None:
    with Client("http://localhost:1", api_key="secret") as client:
        assert client.api.http.headers["authorization"] == "Bearer secret"
        assert "secret" not in str(client.store.http.headers.raw)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("URL", "KEY", "PROJECT"):
        monkeypatch.delenv(f"GRAPH_API_{name}", raising=False)
    with Client() as client:
        assert (client.url, client.project) == ("http://localhost:8000", None)
    monkeypatch.setenv("GRAPH_API_URL", "http://elsewhere:1/")
    monkeypatch.setenv("GRAPH_API_PROJECT", "digits")
    monkeypatch.setenv("GRAPH_API_KEY", "k")
    with Client() as client:
        assert (client.url, client.project) == ("http://elsewhere:1", "digits")
        assert client.api.http.headers["authorization"] == "Bearer k"
    with Client("http://other", project="mine") as client:
        assert (client.url, client.project) == ("http://other", "mine")


def put(url: str, local: Path, renewed: Upload | None) -> None:
    """One upload to the server."""
    store, content = Store("http://localhost:1"), local.read_bytes()
    source = Source("f", local, 0, len(content), last=True)
    request = Upload("PUT", f"{url}/old?secret", {"content-length": str(len(content))})
    with store.http:
        store.put(source, request, lambda: renewed, Transfer("f", None), lambda: False)


@pytest.mark.parametrize("trouble", [BUSY, BROKEN, Answer(503, b"")])
def test_an_upload_is_sent_again_from_its_beginning(trouble: Answer, tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"content")
    with answering(trouble, Answer()) as server:
        put(server.url, tmp_path / "f", None)
    assert server.requests == ["content", "content"]


def test_an_upload_of_what_is_there_already_is_done(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"content")
    with answering(BROKEN, Answer(412, b"")) as server:
        put(server.url, tmp_path / "f", None)
    assert len(server.requests) == 2


def test_an_expired_upload_goes_to_the_new_url(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"content")
    with answering(Answer(403, b""), Answer()) as server:
        put(
            server.url,
            tmp_path / "f",
            Upload("PUT", f"{server.url}/new", {"content-length": "7"}),
        )
    assert server.paths == ["/old?secret", "/new"]


def test_a_store_that_keeps_refusing_is_an_error_without_the_signature(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"content")
    for status, requests in ((403, 3), (500, 1)):
        with answering(Answer(status, b"no")) as server:
            again = Upload("PUT", f"{server.url}/new?secret", {"content-length": "7"})
            with pytest.raises(ga.StoreRefused, match=f"answered {status} to the PUT") as refused:
                put(server.url, tmp_path / "f", again)
            assert len(server.requests) == requests
        assert "secret" not in str(refused.value)


def test_an_endless_download_is_stopped() -> None:
    store = Store("http://localhost:1")
    sink = io.BytesIO()
    with answering(Answer(200, b"x" * (8 << 20))) as server, store.http:
        file = File("f", 3, hashlib.sha256(b"xxx").hexdigest(), url=f"{server.url}/f")
        with pytest.raises(ga.WrongBytes):
            store.get(file, sink, lambda: "", Transfer("f", None))
    assert len(sink.getvalue()) == 0


def test_a_download_that_breaks_off_is_begun_again() -> None:
    store = Store("http://localhost:1")
    sink = io.BytesIO()
    short = Answer(200, b"ab", {"content-length": "3", "connection": "close"})
    with answering(short, Answer(200, b"abc")) as server, store.http:
        file = File("f", 3, hashlib.sha256(b"abc").hexdigest(), url=f"{server.url}/f")
        store.get(file, sink, lambda: "", Transfer("f", None))
    assert sink.getvalue() == b"abc"
