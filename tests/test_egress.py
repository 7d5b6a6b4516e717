"""Requests to addresses that users give, over real sockets to real servers."""

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from graph_api.egress import Egress, is_public
from graph_api.errors import AddressRefused, NoAnswer
from graph_api.settings import BadSettings, Networks, chosen
from tests.minio.server import free_port
from tests.receiver import receiving

LOOPBACK: Networks = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
OPEN = Egress(LOOPBACK)
SHUT = Egress()


async def test_what_is_posted_arrives_as_it_is() -> None:
    with receiving() as receiver:
        receiver.statuses = [202]

        status = await OPEN.post(f"{receiver.url}?a=%20b", {"webhook-id": "x"}, b'{"a":1}')

    (told,) = receiver.told
    assert (status, told.path, told.body) == (202, "/hook?a=%20b", b'{"a":1}')
    assert told.headers["webhook-id"] == "x"
    assert told.headers["content-length"] == "7"
    assert told.headers["host"] == receiver.url.split("/")[2]


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1"),
        *("240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%1", "fec0::1"),
        *("fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "100::1", "4000::1"),
        # IPv4 in IPv6: mapped, compatible, translated (NAT64, of a network's own), 6to4, Teredo.
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1.1.1.1", "2002:7f00:1::1"),
        *("2002:a9fe:a9fe::1", "2001:0:102:304::1"),
    ],
)
def test_an_address_that_is_none_of_the_internets_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("1.1.1.1", "93.184.215.14", "172.32.0.1", "2606:4700::1111", "::ffff:1.1.1.1"),
        *("64:ff9b::1.1.1.1", "2002:101:101::1"),
    ],
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "0", "[::ffff:127.0.0.1]", "LOCALHOST."],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_no_writing_of_a_local_address_leads_there(host: str, scheme: str) -> None:
    with receiving() as receiver:
        port = receiver.url.split(":")[2]

        with pytest.raises((AddressRefused, NoAnswer)) as refused:
            await SHUT.post(f"{scheme}://{host}:{port}", {}, b"")

    assert receiver.told == []
    assert "127.0.0.1" not in str(refused.value).replace(host.strip("[]"), "")


async def test_what_is_private_is_reached_where_an_operator_allows_it() -> None:
    elsewhere = Egress((ip_network("10.0.0.0/8"), ip_network("127.0.0.2/32")))
    with receiving() as receiver, receiving("127.0.0.2") as other:
        with pytest.raises(AddressRefused, match=r"127\.0\.0\.1 would be told in the clear"):
            await elsewhere.post(receiver.url, {}, b"")
        assert await elsewhere.post(other.url, {}, b"") == 204

        mapped = other.url.replace("127.0.0.2", "[::ffff:127.0.0.2]")
        assert await elsewhere.post(mapped, {}, b"") == 204

    assert (len(receiver.told), len(other.told)) == (0, 2)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "file:///etc/passwd", "//127.0.0.1", ""])
async def test_nothing_but_http_is_spoken(url: str) -> None:
    with pytest.raises(AddressRefused, match="is no https:// address"):
        await OPEN.post(url, {}, b"")


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Has a name stand for these addresses, those of each look-up in turn; what was looked up."""
    real = socket.getaddrinfo

    def stand(name: str, *answers: list[str]) -> list[str]:
        asked: list[str] = []

        def answer(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
            if host != name:
                return real(host, port, *rest, **more)
            asked.append(host)
            found = answers[min(len(asked), len(answers)) - 1]
            return [it for at in found for it in real(at, port, *rest, **more)]

        monkeypatch.setattr(socket, "getaddrinfo", answer)
        return asked

    return stand


async def test_a_name_is_looked_up_once_so_that_it_cannot_lead_elsewhere_meanwhile(
    names: Callable[..., list[str]],
) -> None:
    only = Egress((ip_network("127.0.0.1/32"),))
    with receiving() as meant, receiving("127.0.0.2") as other:
        asked = names("rebinding.test", ["127.0.0.1"], ["127.0.0.2"])
        url = meant.url.replace("127.0.0.1", "rebinding.test")

        assert await only.post(url, {}, b"") == 204
        assert asked == ["rebinding.test"]
        with pytest.raises(AddressRefused):
            await only.post(url, {}, b"")

    assert [told.headers["host"] for told in meant.told] == [url.split("/")[2]]
    assert other.told == []


async def test_of_several_addresses_one_that_is_not_allowed_is_enough(
    names: Callable[..., list[str]],
) -> None:
    only = Egress((ip_network("127.0.0.1/32"),))
    with receiving() as receiver:
        names("mixed.test", ["127.0.0.1", "127.0.0.2"])

        with pytest.raises(AddressRefused):
            await only.post(receiver.url.replace("127.0.0.1", "mixed.test"), {}, b"")

    assert receiver.told == []


async def test_the_next_address_is_tried_where_nobody_listens_at_the_first(
    names: Callable[..., list[str]],
) -> None:
    with receiving() as receiver:
        names("several.test", ["127.0.0.9", "127.0.0.1"])

        assert await OPEN.post(receiver.url.replace("127.0.0.1", "several.test"), {}, b"") == 204


async def test_a_redirect_is_not_followed() -> None:
    with receiving() as inner, receiving() as receiver:
        receiver.statuses, receiver.location = [307], inner.url

        assert await OPEN.post(receiver.url, {}, b"") == 307

    assert inner.told == []


async def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver, receiving() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)

        assert await Egress(LOOPBACK).post(receiver.url, {}, b"") == 204

    assert proxy.told == []


@asynccontextmanager
async def talking(*chunks: bytes, pause: float = 0) -> AsyncGenerator[str]:
    """A server that says these, whatever it is asked, the last again and again; its address."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            for chunk in chunks[:-1]:
                writer.write(chunk)
            while chunks and chunks[-1]:
                writer.write(chunks[-1])
                await writer.drain()
                await asyncio.sleep(pause)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_an_answer_that_never_ends_is_not_read() -> None:
    async with talking(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536) as url:
        began = time.monotonic()
        assert await OPEN.post(url, {}, b"") == 200
        assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "said",
    [
        (b"HTTP/1.1 200 OK\r\n", b"a: b\r\n" * 1000),
        (b"HTTP/1.1 200 OK\r\na: ", b"x" * 65536),
        (b"SSH-2.0-OpenSSH_9.6\r\n", b""),
        (),
    ],
)
async def test_what_is_no_answer_of_http_is_told_as_none(said: tuple[bytes, ...]) -> None:
    async with talking(*said) as url:
        with pytest.raises(NoAnswer, match="gave no answer that is one of HTTP"):
            await OPEN.post(url, {}, b"")


@pytest.mark.parametrize(
    ("said", "pause"),
    [((b"", b"HTTP/1.1 100 Continue\r\n\r\n"), 0.01), ((b"HTTP/1.1 200 OK\r\n", b"a: b\r\n"), 0.1)],
)
async def test_one_that_talks_on_and_on_is_left_in_time(
    said: tuple[bytes, ...], pause: float
) -> None:
    async with talking(*said, pause=pause) as url:
        with pytest.raises(NoAnswer, match=r"gave no answer within 0\.3 seconds"):
            await Egress(LOOPBACK, seconds=0.3).post(url, {}, b"")


async def test_one_that_says_nothing_is_left_in_time() -> None:
    with receiving() as receiver:
        receiver.seconds = 1
        with pytest.raises(NoAnswer, match=r"within 0\.2 seconds"):
            await Egress(LOOPBACK, seconds=0.2).post(receiver.url, {}, b"")


async def test_nobody_there_is_told(names: Callable[..., list[str]]) -> None:
    with pytest.raises(NoAnswer, match=r"127\.0\.0\.1 gave no answer to a connection"):
        await OPEN.post(f"http://127.0.0.1:{free_port()}/", {}, b"")
    for host in ("no-such-name.invalid", "a" * 70 + ".test", "a..b"):
        with pytest.raises(NoAnswer, match="since nothing is known by that name"):
            await OPEN.post(f"https://{host}/", {}, b"")


def certified(folder: Path, name: str) -> ssl.SSLContext:
    """What a server of this name speaks TLS by; ``folder`` has the certificate, its own root."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "certificate.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


async def test_tls_is_spoken_with_the_name_and_with_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: Callable[..., list[str]]
) -> None:
    names("other.test", ["127.0.0.1"])
    with receiving(tls=certified(tmp_path, "localhost")) as receiver:
        url = receiver.url.replace("127.0.0.1", "localhost")
        with pytest.raises(NoAnswer, match="gave no answer that can be trusted: self-signed"):
            await OPEN.post(url, {}, b"")

        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        trusting = Egress(LOOPBACK)
        assert await trusting.post(url, {}, b"secret") == 204
        for name in ("other.test", "127.0.0.1"):
            with pytest.raises(NoAnswer, match=r"that can be trusted: .*mismatch"):
                await trusting.post(url.replace("localhost", name), {}, b"secret")

    assert [told.body for told in receiver.told] == [b"secret"]


def test_the_networks_that_are_allowed_are_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPH_API_EGRESS_ALLOW", "10.0.0.0/8, fd00::/8")
    assert chosen().egress_allow == (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))

    monkeypatch.setenv("GRAPH_API_EGRESS_ALLOW", "10.0.0.1/8")
    with pytest.raises(BadSettings, match="GRAPH_API_EGRESS_ALLOW"):
        chosen()
