"""References to objects of a real bucket, with and without versions."""

import hashlib
import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graph_api as ga
from graph_api import Artifact, File
from graph_api.client.bucket import Place
from tests.client.buckets import Bucket, new_bucket
from tests.client.references import by_uri
from tests.minio.server import RunningMinio, free_port


@pytest.fixture
def bucket(minio: RunningMinio, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    return new_bucket(minio, monkeypatch)


def draft() -> Artifact:
    return Artifact("data", "dataset")


def by_etag(content: bytes) -> str:
    """S3's ETag of an object that came in one part."""
    return f"etag:{hashlib.md5(content).hexdigest()}"


def test_an_object_has_its_size_and_etag(bucket: Bucket, fetch: Callable[[File], bytes]) -> None:
    bucket.put("deep/a.csv", b"alpha")

    [file] = draft().add_reference(f"{bucket.url}/deep/a.csv")
    [named] = draft().add_reference(f"{bucket.url}/deep/a.csv", "raw/b.csv")

    assert (file.path, file.size, file.digest) == ("a.csv", 5, by_etag(b"alpha"))
    assert file.reference == f"{bucket.url}/deep/a.csv"
    assert named.path == "raw/b.csv"
    assert fetch(file) == b"alpha"


def test_an_object_that_was_overwritten_is_an_error_where_no_versions_are_kept(
    bucket: Bucket, fetch: Callable[[File], bytes]
) -> None:
    bucket.put("a", b"alpha")
    [file] = draft().add_reference(f"{bucket.url}/a")
    bucket.put("a", b"ALPHA")

    with pytest.raises(ga.RemoteChanged, match=hashlib.md5(b"ALPHA").hexdigest()):
        fetch(file)
    bucket.minio.remove_object(bucket.name, "a")
    with pytest.raises(ga.RemoteRefused, match="nothing is there"):
        fetch(file)


def test_versions_are_pinned_and_stay_readable(
    bucket: Bucket, fetch: Callable[[File], bytes]
) -> None:
    bucket.put("data/older", b"null")
    bucket.keep_versions()
    ids = {key: bucket.put(f"data/{key}", key.encode()) for key in ("a", "deep/b")}

    found = draft().add_reference(f"{bucket.url}/data")
    [one] = draft().add_reference(f"{bucket.url}/data/a")
    [older] = draft().add_reference(f"{bucket.url}/data/older")
    for key in ("a", "deep/b"):
        bucket.put(f"data/{key}", b"overwritten")
    bucket.minio.remove_object(bucket.name, "data/a")

    assert [file.reference for file in found] == [
        f"{bucket.url}/data/a?versionId={ids['a']}",
        f"{bucket.url}/data/deep/b?versionId={ids['deep/b']}",
        f"{bucket.url}/data/older",
    ]
    assert [(file.path, file.size, file.digest) for file in found] == [
        ("a", 1, by_etag(b"a")),
        ("deep/b", 6, by_etag(b"deep/b")),
        ("older", 4, by_etag(b"null")),
    ]
    assert (one.path, one.reference, older.reference) == (
        "a",
        found[0].reference,
        found[2].reference,
    )
    assert [fetch(file) for file in found] == [b"a", b"deep/b", b"null"]
    [again] = draft().add_reference(str(found[0].reference))
    assert (again.path, again.digest, again.reference) == ("a", one.digest, one.reference)


def test_a_prefix_is_every_object_below_it_and_no_other(
    bucket: Bucket, fetch: Callable[[File], bytes]
) -> None:
    objects = {"data/a": b"1", "data/deep/b": b"22", "data/empty": b""}
    # The console of S3 marks its folders by objects like these.
    others = {"data2/c": b"3", "data.csv": b"4", "data/": b"", "data/deep/": b"", "data/none/": b""}
    for key, content in (objects | others).items():
        bucket.put(key, content)

    plain = draft().add_reference(f"{bucket.url}/data")
    named = draft().add_reference(f"{bucket.url}/data/", "raw", metadata={"of": "lab"})
    whole = draft().add_reference(bucket.url)

    assert {f"data/{file.path}": fetch(file) for file in plain} == objects
    assert [(file.path, file.size, file.metadata) for file in named] == [
        ("raw/a", 1, {"of": "lab"}),
        ("raw/deep/b", 2, {"of": "lab"}),
        ("raw/empty", 0, {"of": "lab"}),
    ]
    assert [file.reference for file in named] == [f"{bucket.url}/{key}" for key in objects]
    assert {file.path for file in whole} == {*objects, "data2/c", "data.csv"}


def test_keys_are_taken_as_they_are(bucket: Bucket, fetch: Callable[[File], bytes]) -> None:
    keys = ["a b", "a%20b", "a+b", "a#1", "a?b=c", "a&b", "ü", "日本", "a*b", "a:b", "~", "{a}|^`"]
    for key in keys:
        bucket.put(f"data/{key}", key.encode())

    found = draft().add_reference(f"{bucket.url}/data")

    assert {file.path: fetch(file) for file in found} == {key: key.encode() for key in keys}
    for key in keys:
        [file] = draft().add_reference(f"{bucket.url}/data/{key}")
        assert (file.path, file.reference) == (key, f"{bucket.url}/data/{key}")


def test_a_key_that_ends_like_a_version_is_refused(bucket: Bucket) -> None:
    bucket.put("data/a", b"1")
    bucket.put("data/a?versionId=b", b"2")

    with pytest.raises(ga.BadArgument, match="reads like a version"):
        draft().add_reference(f"{bucket.url}/data")


def test_more_objects_than_max_objects_are_refused_or_one_entry(bucket: Bucket) -> None:
    for number in range(4):
        bucket.put(f"data/{number}", b"1")
    uri, made = f"{bucket.url}/data/", draft()

    with pytest.raises(ga.TooManyObjects, match=r"more than 3 objects below s3:.*max_objects="):
        made.add_reference(uri, max_objects=3)
    with pytest.warns(ga.Collapsed, match="more than 3 objects below s3:"):
        [one] = made.add_reference(uri, max_objects=3, collapse=True)
    four = made.add_reference(uri, max_objects=4, collapse=True)

    assert (one.path, one.reference, one.size, one.digest) == ("data", uri, None, by_uri(uri))
    assert [file.path for file in four] == ["0", "1", "2", "3"]
    assert list(made.manifest) == ["0", "1", "2", "3", "data"]


def test_one_entry_for_a_prefix_cannot_be_fetched(
    bucket: Bucket, fetch: Callable[[File], bytes]
) -> None:
    bucket.put("data", b"not meant")
    [file] = draft().add_reference(f"{bucket.url}/data/", checksum=False)

    with pytest.raises(ga.RemoteRefused, match="it is a prefix of objects, not one of them"):
        fetch(file)


def test_without_a_checksum_no_bucket_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")

    for uri, path in (("s3://bucket/data/", "data"), ("gs://bucket", "bucket"), ("az://b/c", "c")):
        [file] = draft().add_reference(uri, checksum=False)
        assert (file.path, file.reference, file.size, file.digest) == (path, uri, None, by_uri(uri))


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        ("/nothing", "nothing is there"),
        ("/nothing/", "nothing is there"),
        ("", "nothing is there"),
        ("-and-no-bucket/a", "Generic S3 error: .*: 404 Not Found"),
    ],
)
def test_where_nothing_is_nothing_is_added(bucket: Bucket, rest: str, reason: str) -> None:
    made = draft()

    with pytest.raises(ga.RemoteRefused, match=rf"cannot be read: {reason}\. Is it there"):
        made.add_reference(f"{bucket.url}{rest}")
    assert dict(made.manifest) == {}


def test_a_refusal_names_no_secret(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-wrong-secret")
    made = draft()

    with pytest.raises(ga.RemoteRefused, match="cannot be read") as refused:
        made.add_reference(f"{bucket.url}/a")

    assert "a-wrong-secret" not in str(refused.value)
    assert dict(made.manifest) == {}


def test_without_obstore_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    monkeypatch.setitem(sys.modules, "obstore.store", None)

    with pytest.raises(ga.PackageMissing, match=r"obstore, which is in graph-api\[references\]"):
        draft().add_reference("s3://bucket/a")


_KEYS = st.text(st.characters(codec="utf-8"), min_size=1).filter(
    lambda key: "//" not in key and not key.startswith("/")
)


@settings(deadline=None)
@given(
    bucket=st.text("abc-.0", min_size=1),
    key=_KEYS,
    kind=st.sampled_from(
        [("s3", "3HL4kqtJ.v_-"), ("gs", "1700000000"), ("az", "2026-01-01T00:00:00.1Z")]
    ),
)
def test_a_version_is_read_from_a_uri_as_it_was_written(
    bucket: str, key: str, kind: tuple[str, str]
) -> None:
    scheme, version = kind

    place = Place(scheme, bucket, key, version)

    assert Place.of(place.uri) == place
    assert Place.of(f"{scheme}://{bucket}/{key}").uri == f"{scheme}://{bucket}/{key}"
