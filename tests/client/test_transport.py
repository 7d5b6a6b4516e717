"""httpx over urllib3: the same answers, the same errors, and nothing left open."""

import socket
import threading
from collections.abc import Generator, Iterator

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.client.transport import CHUNK, Transport, transport
from tests.client.unreliable import Answer, answering


@pytest.fixture
def http() -> Generator[httpx.Client]:
    with httpx.Client(transport=Transport(2), timeout=httpx.Timeout(1, connect=0.5)) as http:
        yield http


@settings(max_examples=20, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 3 * CHUNK), max_size=3),
    status=st.sampled_from([200, 206, 302, 403, 404, 412, 503]),
    length=st.integers(0, 3 * CHUNK),
)
def test_answers_are_those_of_httpx_itself(sizes: list[int], status: int, length: int) -> None:
    def sent() -> Iterator[bytes]:
        for size in sizes:
            yield b"s" * size

    got: list[tuple[object, ...]] = []
    headers = {"content-length": str(sum(sizes))}
    for over in (Transport(1), httpx.HTTPTransport()):
        answer = Answer(status, b"b" * length, {"location": "/elsewhere", "x-some": "thing"})
        with answering(answer) as server, httpx.Client(transport=over) as http:
            response = http.put(f"{server.url}/f?a=%2F&b=1", content=sent(), headers=headers)
            shown = {name: response.headers[name] for name in ("location", "x-some")}
            got.append((response.status_code, response.content, shown, server.paths))
            got.append((server.requests,))

    assert got[:2] == got[2:]
    assert got[0] == (
        status,
        b"b" * length,
        {"location": "/elsewhere", "x-some": "thing"},
        ["/f?a=%2F&b=1"],
    )
    assert got[1] == (["s" * sum(sizes)],)


def test_a_large_answer_comes_in_pieces_of_one_mebibyte(http: httpx.Client) -> None:
    answer = Answer(200, b"x" * (2 * CHUNK + 5))
    with answering(answer) as server, http.stream("GET", server.url) as response:
        pieces = [len(piece) for piece in response.iter_raw()]
    assert pieces == [CHUNK, CHUNK, 5]


def test_nothing_listening_is_a_connect_error(http: httpx.Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(httpx.ConnectError):
        http.get(f"http://127.0.0.1:{port}")
    with pytest.raises(httpx.ConnectError):
        http.get("http://no-such-host.invalid")


def test_silence_is_a_read_timeout(http: httpx.Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(httpx.ReadTimeout):
        http.get(f"http://127.0.0.1:{silent.getsockname()[1]}")


def test_an_upload_may_pause_for_longer_than_a_connection_takes(http: httpx.Client) -> None:
    # More than the buffers between the two hold.
    piece, pieces = b"x" * CHUNK, 32
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            for pause in (1.0, 0.7):
                connection, _ = server.accept() if pause == 1.0 else (connections[0], None)
                connections.append(connection)
                threading.Event().wait(pause)
                left = CHUNK * pieces
                head = b""
                while b"\r\n\r\n" not in head:
                    head += connection.recv(1)
                while left:
                    left -= len(connection.recv(min(left, 1 << 16)))
                connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

        connections: list[socket.socket] = []
        thread = threading.Thread(target=take)
        thread.start()
        for _ in range(2):
            response = http.put(
                f"http://127.0.0.1:{server.getsockname()[1]}",
                content=(piece for _ in range(pieces)),
                headers={"content-length": str(CHUNK * pieces)},
            )
            assert response.status_code == 200
        thread.join()
        connections[0].close()


@pytest.mark.parametrize("answer", [Answer(0), Answer(200, b"ab", {"content-length": "3"})])
def test_a_broken_answer_is_an_error_of_the_protocol(http: httpx.Client, answer: Answer) -> None:
    with answering(answer) as server, pytest.raises(httpx.RemoteProtocolError):
        http.get(server.url, headers={"connection": "close"})


def test_an_error_of_the_file_that_is_sent_is_not_one_of_the_network(http: httpx.Client) -> None:
    def sent() -> Iterator[bytes]:
        yield b"abc"
        raise PermissionError("the file")

    with answering(Answer()) as server, pytest.raises(PermissionError, match=r"^the file$"):
        http.put(server.url, content=sent(), headers={"content-length": "6"})


def test_a_closed_client_leaves_no_connection_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        http = httpx.Client(transport=Transport(1))
        server.settimeout(5)

        def answer() -> None:
            connection, _ = server.accept()
            connection.recv(1 << 16)
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            ended.append(connection.recv(1))
            connection.close()

        ended: list[bytes] = []
        thread = threading.Thread(target=answer)
        thread.start()
        assert http.get(f"http://127.0.0.1:{server.getsockname()[1]}").status_code == 200
        assert ended == []
        http.close()
        thread.join(5)
    assert ended == [b""]


def test_where_a_proxy_is_set_httpx_goes_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert isinstance(transport(1), Transport)
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    assert transport(1) is None
