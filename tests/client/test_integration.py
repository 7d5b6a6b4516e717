"""What the client does with an address that the service has signed for a reference."""

import hashlib
from collections.abc import Callable, Generator
from io import BytesIO

import httpx
import pytest

import graph_api as ga
from graph_api import File, IntegrationOptions
from graph_api.client.progress import Transfer
from graph_api.client.remote import Remotes
from tests.client.web_server import Page, Web, serving_pages

Fetch = Callable[[File, list[str | None]], bytes]


@pytest.fixture
def web() -> Generator[Web]:
    with serving_pages({"/a": Page(b"alpha", '"v1"')}) as web:
        yield web


@pytest.fixture
def fetch() -> Generator[Fetch]:
    """The bytes of a reference, where these addresses are told when it is asked for another."""
    with httpx.Client() as http:

        def fetched(file: File, others: list[str | None]) -> bytes:
            sink = BytesIO()
            Remotes(http).fetch(
                file, sink, Transfer("", None), lambda: False, lambda: others.pop(0)
            )
            return sink.getvalue()

        yield fetched


def entry(url: str, digest: str = "etag:v1") -> File:
    return File("a", 5, None, "s3://lake/a", digest, url=url)


def test_the_signed_address_is_asked_and_nothing_else(web: Web, fetch: Fetch) -> None:
    assert fetch(entry(f"{web.url}/a?X-Amz-Signature=1"), []) == b"alpha"
    assert web.asked == [("GET", "/a?X-Amz-Signature=1")]


def test_an_address_that_has_expired_is_asked_for_anew(web: Web, fetch: Fetch) -> None:
    web.pages["/old"] = Page(status=403)

    assert fetch(entry(f"{web.url}/old?1"), [f"{web.url}/old?2", f"{web.url}/a?3"]) == b"alpha"
    assert [path for _, path in web.asked] == ["/old?1", "/old?2", "/a?3"]


def test_a_refusal_that_lasts_names_the_reference_and_nothing_that_was_signed(
    web: Web, fetch: Fetch
) -> None:
    said = b"<Error><Code>InvalidAccessKeyId</Code><Key>signed</Key></Error>"
    web.pages["/old"] = Page(said, status=403)
    url = f"{web.url}/old?X-Amz-Signature=signed"

    with pytest.raises(ga.RemoteRefused) as refused:
        fetch(entry(url), [url, url])

    assert refused.value.message == (
        "s3://lake/a cannot be read: its store answered 403 InvalidAccessKeyId."
    )
    assert "integration" in str(refused.value)
    assert "signed" not in str(refused.value)
    assert len(web.asked) == 3


def test_where_nothing_listens_the_address_is_told_without_its_signature(fetch: Fetch) -> None:
    with pytest.raises(ga.Unreachable) as refused:
        fetch(entry("http://127.0.0.1:9/a?X-Amz-Signature=signed"), [])

    assert "http://127.0.0.1:9/a" in str(refused.value)
    assert "signed" not in str(refused.value)


@pytest.mark.parametrize(
    ("now", "digest", "difference"),
    [
        (Page(b"alpha", '"v2"'), "etag:v1", "had the ETag v1 when it was logged and has v2 now"),
        (Page(b"alp", '"v1"'), "etag:v1", "had 5 bytes when it was logged and has 3 now"),
        (
            Page(b"ALPHA", '"v1"'),
            f"sha256:{hashlib.sha256(b'alpha').hexdigest()}",
            hashlib.sha256(b"ALPHA").hexdigest(),
        ),
    ],
)
def test_other_bytes_than_were_logged_are_an_error(
    web: Web, fetch: Fetch, now: Page, digest: str, difference: str
) -> None:
    web.pages["/a"] = now

    with pytest.raises(ga.RemoteChanged, match=difference):
        fetch(entry(f"{web.url}/a", digest), [])


def test_options_do_not_show_their_secret() -> None:
    options = IntegrationOptions("lake", "access", "s3cr3t")

    assert "s3cr3t" not in f"{options} {options!r}"
    assert options.input()["secretKey"] == "s3cr3t"
