"""Requests to addresses that users give: nothing else of the service opens a connection to one.

1. The name is looked up once. If any of its addresses is not allowed, none is connected to.
2. The connection goes to an address that was looked at, and the name is not asked for again: one
   that leads elsewhere a moment later leads nowhere new. TLS checks that the name's owner answers.
3. Of the answer only its head is read, and what it redirects to is not asked. No proxy is in
   between, whatever the environment says.
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, Self, cast

import httpcore
import httpx

from graph_api.errors import AddressRefused, NoAnswer
from graph_api.settings import Networks, Settings

Address = IPv4Address | IPv6Address

# What may be connected to of IPv6 at all, and what translators of IPv4 lie under.
_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
# Seconds that a request may take, from the look-up of its name on.
_PATIENCE = 15.0
# Names that are looked up at once. A resolver that does not answer holds a thread for long after
# nobody waits for it any more.
_LOOKUPS = 32


class Egress:
    """The way out, with what an operator allows."""

    def __init__(self, allow: Networks = (), seconds: float = _PATIENCE) -> None:
        self._allow, self._seconds = allow, seconds
        self._tls = httpx.create_ssl_context()
        self._lookups = ThreadPoolExecutor(_LOOKUPS, "lookup")

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The way out of these settings."""
        return cls(settings.egress_allow)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """The status of the answer.

        AddressRefused where the name leads to what is not allowed, and for plain ``http`` to what
        no operator has allowed. NoAnswer within 15 seconds, or none that is HTTP.
        """
        target = httpcore.URL(url)
        host = target.host.decode()
        try:
            async with asyncio.timeout(self._seconds):
                addresses = await self._addresses(target)
                pool = httpcore.AsyncConnectionPool(
                    ssl_context=self._tls, network_backend=_To(addresses)
                )
                async with (
                    pool,
                    pool.stream(
                        "POST",
                        target,
                        headers={"host": _authority(target), **headers},
                        content=body,
                    ) as answer,
                ):
                    return answer.status
        except TimeoutError as error:
            raise NoAnswer(host, f"within {self._seconds:g} seconds") from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise NoAnswer(host, _reason(error)) from error

    async def _addresses(self, target: httpcore.URL) -> list[Address]:
        """All that the name stands for, each of which may be connected to."""
        host = target.host.decode()
        if target.scheme not in (b"https", b"http"):
            raise AddressRefused(host, "is no https:// address")
        try:
            found = await asyncio.get_running_loop().run_in_executor(
                self._lookups, _looked_up, host
            )
        except (OSError, UnicodeError) as error:
            raise NoAnswer(host, "since nothing is known by that name") from error
        allowed = [self._allows(address) for address in found]
        if target.scheme == b"http" and not all(allowed):
            raise AddressRefused(host, "would be told in the clear; use https://")
        if not all(ok or is_public(it) for ok, it in zip(allowed, found, strict=True)):
            raise AddressRefused(host, "leads to a private, local or reserved address")
        return found

    def _allows(self, address: Address) -> bool:
        """Whether an operator has said that this may be connected to."""
        return any(_meant(address) in network for network in self._allow)


def is_public(address: Address) -> bool:
    """Whether it is one of the Internet's, for one receiver."""
    meant = _meant(address)
    if isinstance(meant, IPv6Address) and meant not in _UNICAST:
        return False
    return meant.is_global and not meant.is_multicast


def _meant(address: Address) -> Address:
    """Where a packet to the address comes to: of IPv6, some lead on to one of IPv4."""
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFF_FFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


def _looked_up(host: str) -> list[Address]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [ip_address(it) for it in dict.fromkeys(str(at[0]) for *_, at in found)]


def _authority(target: httpcore.URL) -> str:
    host = target.host.decode()
    name = f"[{host}]" if ":" in host else host
    return name if target.port is None else f"{name}:{target.port}"


def _reason(error: Exception) -> str:
    # The pool takes the cause away, not what it was raised in the context of.
    if isinstance(error.__context__, ssl.SSLCertVerificationError):
        return f"that can be trusted: {error.__context__.verify_message}"
    if isinstance(error, httpcore.ConnectError):
        return "to a connection"
    return "that is one of HTTP, before the connection ended"


class _To(httpcore.AsyncNetworkBackend):
    """Connects to the first that answers of some addresses, whatever the name."""

    def __init__(self, addresses: Sequence[Address]) -> None:
        self._addresses = addresses
        # httpcore types it as what stands for it where there is no anyio.
        self._wire = cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.AsyncNetworkStream:
        *others, last = self._addresses
        for address in others:
            try:
                return await self._wire.connect_tcp(str(address), port)
            except httpcore.ConnectError:
                continue
        return await self._wire.connect_tcp(str(last), port)
