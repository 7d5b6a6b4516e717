"""References to files, web pages and unknown schemes: asked, fetched and compared."""

import hashlib
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

import graph_api as ga
from graph_api import Artifact, File
from tests.client.references import by_uri
from tests.client.web_server import Page, Web, serving_pages


@pytest.fixture
def web() -> Generator[Web]:
    with serving_pages({}) as web:
        yield web


def entry(uri: str, *, checksum: bool = True) -> File:
    [file] = Artifact("data", "dataset").add_reference(uri, checksum=checksum)
    return file


def by_sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_a_web_page_has_its_content_length_and_etag_and_its_body_is_not_asked_for(web: Web) -> None:
    web.pages["/deep/a.csv"] = Page(b"1,2", '"v1"')

    file = entry(f"{web.url}/deep/a.csv?day=1")

    assert (file.path, file.size, file.digest) == ("a.csv", 3, "etag:v1")
    assert file.reference == f"{web.url}/deep/a.csv?day=1"
    assert web.asked == [("HEAD", "/deep/a.csv?day=1")]


def test_a_server_that_refuses_head_is_asked_by_get(web: Web) -> None:
    web.pages["/a"] = Page(b"alpha", 'W/"weak"', head=405)

    file = entry(f"{web.url}/a")

    assert (file.size, file.digest) == (5, 'etag:W/"weak"')
    assert web.asked == [("HEAD", "/a"), ("GET", "/a")]


def test_a_server_that_has_nothing_for_a_head_is_asked_by_get(web: Web) -> None:
    web.pages["/a"] = Page(b"123", head_length=0)
    web.pages["/nothing"] = Page(b"")

    assert [entry(f"{web.url}/{name}").size for name in ("a", "nothing")] == [3, 0]


def test_what_a_server_does_not_say_is_not_known(web: Web, fetch: Callable[[File], bytes]) -> None:
    web.pages["/a"] = Page(b"alpha", length=False)

    file = entry(f"{web.url}/a")

    assert (file.size, file.digest) == (None, by_uri(f"{web.url}/a"))
    assert fetch(file) == b"alpha"


def test_a_redirect_is_followed_and_the_reference_stays(
    web: Web, fetch: Callable[[File], bytes]
) -> None:
    web.pages["/latest"] = Page(location="/a")
    web.pages["/a"] = Page(b"alpha", '"v1"')

    file = entry(f"{web.url}/latest")

    assert (file.path, file.size, file.digest) == ("latest", 5, "etag:v1")
    assert file.reference == f"{web.url}/latest"
    assert fetch(file) == b"alpha"


def test_an_answer_that_breaks_half_way_is_asked_for_again(
    web: Web, fetch: Callable[[File], bytes]
) -> None:
    web.pages["/a"] = Page(bytes(range(256)) * 8192, '"v1"', broken=1)
    file = entry(f"{web.url}/a")

    assert fetch(file) == bytes(range(256)) * 8192
    assert [method for method, _ in web.asked] == ["HEAD", "GET", "GET"]


@pytest.mark.parametrize(
    ("now", "difference"),
    [
        (Page(b"ALPHA", '"v2"'), "had the ETag v1 when it was logged and has v2 now"),
        (Page(b"alpha", None), "had the ETag v1 when it was logged and has None now"),
        (Page(b"alp", '"v1"'), "had 5 bytes when it was logged and has 3 now"),
        (Page(b"alphabet", '"v1"'), "had 5 bytes when it was logged and has more now"),
    ],
)
def test_other_bytes_than_were_logged_are_an_error(
    web: Web, fetch: Callable[[File], bytes], now: Page, difference: str
) -> None:
    web.pages["/a"] = Page(b"alpha", '"v1"')
    file = entry(f"{web.url}/a")
    web.pages["/a"] = now

    with pytest.raises(ga.RemoteChanged, match=difference):
        fetch(file)


def test_a_digest_that_was_said_is_compared_and_nothing_is_asked_for_it(
    web: Web, fetch: Callable[[File], bytes]
) -> None:
    web.pages |= {"/a": Page(b"alpha", '"v1"'), "/b": Page(b"beta", '"v1"')}
    made = Artifact("data", "dataset")
    [right] = made.add_reference(f"{web.url}/a", digest=by_sha256(b"alpha"))
    [wrong] = made.add_reference(f"{web.url}/b", digest=by_sha256(b"alpha"))
    assert web.asked == []

    assert (right.size, fetch(right)) == (None, b"alpha")
    with pytest.raises(ga.RemoteChanged, match=hashlib.sha256(b"beta").hexdigest()):
        fetch(wrong)


def test_a_page_that_is_not_there_is_refused_without_the_query_that_may_sign_it(
    web: Web, fetch: Callable[[File], bytes]
) -> None:
    made = Artifact("data", "dataset")
    uri = f"{web.url}/a?signature=secret"
    [file] = made.add_reference(uri, "here", checksum=False)

    for act in (lambda: made.add_reference(uri), lambda: fetch(file)):
        with pytest.raises(
            ga.RemoteRefused, match="/a cannot be read: its server answered 404"
        ) as said:
            act()
        assert "secret" not in str(said.value)
    assert list(made.manifest) == ["here"]


def test_without_a_checksum_no_server_is_asked(web: Web) -> None:
    file = entry(f"{web.url}/a", checksum=False)

    assert (file.size, file.digest) == (None, by_uri(f"{web.url}/a"))
    assert web.asked == []


def test_a_local_file_has_its_size_and_sha256(
    tmp_path: Path, fetch: Callable[[File], bytes]
) -> None:
    (tmp_path / "ä #?%.txt").write_bytes(b"alpha")
    uri = (tmp_path / "ä #?%.txt").as_uri()

    file, quick = entry(uri), entry(uri, checksum=False)

    assert (file.path, file.size, file.reference) == ("ä #?%.txt", 5, uri)
    assert file.digest == by_sha256(b"alpha")
    assert (quick.size, quick.digest) == (5, by_uri(uri))
    assert fetch(file) == fetch(quick) == b"alpha"


def test_a_local_folder_becomes_an_entry_for_each_file(tmp_path: Path) -> None:
    (tmp_path / "in/deep").mkdir(parents=True)
    (tmp_path / "in/a").write_bytes(b"alpha")
    (tmp_path / "in/deep/b").write_bytes(b"beta")
    made = Artifact("data", "dataset")

    plain = made.add_reference((tmp_path / "in").as_uri(), metadata={"of": "lab"})
    named = made.add_reference(f"{(tmp_path / 'in').as_uri()}/", "raw/", checksum=False)

    assert [(file.path, file.size, file.digest, file.metadata) for file in plain] == [
        ("a", 5, by_sha256(b"alpha"), {"of": "lab"}),
        ("deep/b", 4, by_sha256(b"beta"), {"of": "lab"}),
    ]
    assert [file.reference for file in plain] == [
        (tmp_path / "in/a").as_uri(),
        (tmp_path / "in/deep/b").as_uri(),
    ]
    uris = [(tmp_path / "in" / path).as_uri() for path in ("a", "deep/b")]
    assert [(file.path, file.size, file.digest) for file in named] == [
        ("raw/a", 5, by_uri(uris[0])),
        ("raw/deep/b", 4, by_uri(uris[1])),
    ]
    assert made.size == 2 * (5 + 4)


@pytest.mark.parametrize("content", [b"ALPHA", b"alp", b"alphabet", None])
def test_a_local_file_that_changed_or_went_is_an_error(
    tmp_path: Path, fetch: Callable[[File], bytes], content: bytes | None
) -> None:
    (tmp_path / "a").write_bytes(b"alpha")
    file = entry((tmp_path / "a").as_uri())
    if content is None:
        (tmp_path / "a").unlink()
    else:
        (tmp_path / "a").write_bytes(content)

    with pytest.raises(ga.FileMissing if content is None else ga.RemoteChanged):
        fetch(file)


def test_a_folder_of_more_files_than_max_objects_is_refused_or_one_entry(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / str(number)).touch()
    made = Artifact("data", "dataset")

    with pytest.raises(ga.TooManyObjects, match=r"more than 3 objects below file:.*max_objects="):
        made.add_reference(tmp_path.as_uri(), max_objects=3)
    with pytest.warns(ga.Collapsed, match="more than 3 objects below file:"):
        [one] = made.add_reference(tmp_path.as_uri(), "all", max_objects=3, collapse=True)
    four = made.add_reference(tmp_path.as_uri(), max_objects=4, collapse=True)

    assert (one.reference, one.size, one.digest) == (
        tmp_path.as_uri(),
        None,
        by_uri(tmp_path.as_uri()),
    )
    assert [file.path for file in four] == ["0", "1", "2", "3"]
    assert list(made.manifest) == ["0", "1", "2", "3", "all"]


def test_another_scheme_is_not_asked_and_cannot_be_fetched(
    fetch: Callable[[File], bytes],
) -> None:
    file = entry("gopher://somewhere/file")

    assert (file.path, file.size, file.digest) == ("file", None, by_uri(str(file.reference)))
    with pytest.raises(ga.OnlyAReference, match=r"fetches 'gopher'\. Pass references=False"):
        fetch(file)


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("no uri", "'no uri' is no URI"),
        ("http://[::1", "is no URI"),
        ("http:///path", "names no host"),
        ("https://ada:secret@host/a", "has a password or a token in it"),
        ("https://token@host/a", "has a password or a token in it"),
        ("ftp://ada:secret@host/a", "has a password or a token in it"),
        ("s3://", "names no bucket"),
        ("s3:///key", "names no bucket"),
        ("s3://bucket//key", "empty part"),
        ("s3://bucket/a//key", "empty part"),
        ("s3://bucket/key//", "empty part"),
        ("https://host/a?x=1&X-Amz-Signature=abc", "'https://host/a' is signed"),
        ("https://host/a?sig=abc", "'https://host/a' is signed"),
        ("file://server/share/a", "is no path of this machine"),
        ("file:///folder/a#1.csv", "with %23 for #"),
        ("file:///folder/a?b", "with %23 for #"),
        ("file:folder/a", "is no path of this machine"),
    ],
)
def test_a_uri_that_cannot_be_or_gives_a_secret_away_is_refused(uri: str, reason: str) -> None:
    made = Artifact("data", "dataset")

    for checksum in (True, False):
        with pytest.raises(ga.BadArgument, match=reason) as said:
            made.add_reference(uri, checksum=checksum)
        assert "secret" not in str(said.value)
    assert dict(made.manifest) == {}


def test_what_cannot_be_added_adds_nothing(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a", "b"):
        (tmp_path / "in" / name).write_bytes(b"1")
    made = Artifact("data", "dataset")
    made.add(b"kept", "b")

    folder = (tmp_path / "in").as_uri()
    for act, error in (
        (lambda: made.add_reference(folder), ga.PathTaken),
        (lambda: made.add_reference(folder, "../out"), ga.BadPath),
        (lambda: made.add_reference(f"{folder}/c"), ga.FileMissing),
        (lambda: made.add_reference("file:///dev/zero"), ga.FileMissing),
        (lambda: made.add_reference(folder, max_objects=0), ga.BadArgument),
    ):
        with pytest.raises(error):
            act()

    made.add_reference(folder, overwrite=True)
    assert {path: file.reference for path, file in made.manifest.items()} == {
        path: f"{folder}/{path}" for path in ("a", "b")
    }
