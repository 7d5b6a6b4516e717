"""Rows E4 and E5: credentials for references, on a private bucket of the real MinIO."""

import base64
import hashlib
import secrets
from io import BytesIO
from pathlib import Path

import pytest

import graph_api as ga
from graph_api import Artifact, Client, IntegrationOptions
from tests.client.buckets import Bucket, new_bucket
from tests.client.drafts import contents
from tests.client.requests import requested
from tests.features.stores import nothing_of, on_the_folder
from tests.minio.server import RunningMinio


@pytest.fixture
def bucket(minio: RunningMinio, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    return new_bucket(minio, monkeypatch)


@pytest.fixture
def minio_options(minio: RunningMinio, bucket: Bucket) -> IntegrationOptions:
    """All of the bucket below `data`."""
    return IntegrationOptions(
        bucket.name, minio.access_key, minio.secret_key, "data", minio.endpoint
    )


def refer(client: Client, *uris: str, project: str | None = None) -> Artifact:
    made = Artifact("data", "dataset")
    made.add(b"stored", "stored")
    for uri in uris:
        made.add_reference(uri)
    return client.log_artifact(made, project=project)


def urls(artifact: Artifact) -> dict[str, bool]:
    """Which references the service signs for."""
    files = artifact.files()
    return {file.path: artifact.get_path(file.path).url is not None for file in files[:-1]}


def test_e4_references_come_without_a_key_of_the_bucket_on_this_machine(
    client: Client,
    bucket: Bucket,
    minio_options: IntegrationOptions,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys = ["a", "deep/b", "a b", "a%20b", "ü+&=?#", "a..b", "~*'()"]
    bucket.put("data/older", b"of no version")
    bucket.keep_versions()
    for key in keys:
        bucket.put(f"data/{key}", key.encode())
    zipped = BytesIO(b"not unzipped")
    bucket.minio.put_object(
        bucket.name, "data/zipped", zipped, 12, metadata={"Content-Encoding": "gzip"}
    )
    logged = refer(client, f"{bucket.url}/data/")
    for key in keys:
        bucket.put(f"data/{key}", b"overwritten")
    expected = {key: key.encode() for key in keys} | {
        "older": b"of no version",
        "zipped": b"not unzipped",
        "stored": b"stored",
    }
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    with pytest.raises(ga.RemoteRefused):
        logged.download(tmp_path / "before")
    assert contents(tmp_path) == {}

    client.integrations.create("lake", minio_options)

    with requested(client) as requests:
        assert contents(logged.download(tmp_path / "out")) == expected
    asked = [
        b"downloadUrls" in request.content for request in requests if "graphql" in str(request.url)
    ]
    assert asked.count(True) == 1
    assert not any("authorization" in it.headers for it in requests if "X-Amz-" in str(it.url))
    (tmp_path / "out/stray").touch()
    assert contents(logged.checkout(tmp_path / "out")) == expected
    assert logged.load("a b").read() == b"a b"
    with logged.open("deep/b") as stream:
        assert stream.read() == b"deep/b"
    again = Artifact.from_bytes(logged.to_bytes())
    assert again.manifest["a"].reference == logged.get_path("a").reference


@on_the_folder
def test_e4_what_lies_elsewhere_and_what_is_of_another_project_is_not_signed(
    client: Client, bucket: Bucket, minio_options: IntegrationOptions
) -> None:
    for key in ("data/a", "data2/b", "c"):
        bucket.put(key, b"private")
    uris = [f"{bucket.url}/{key}" for key in ("data/a", "data2/b", "c")]
    other = f"other-{secrets.token_hex(6)}"
    here, elsewhere = refer(client, *uris), refer(client, *uris, project=other)

    made = client.integrations.create("lake", minio_options)

    assert urls(here) == {"a": True, "b": False, "c": False}
    assert urls(elsewhere) == {"a": False, "b": False, "c": False}
    assert [*client.integrations.list(project=other)] == []
    made.delete(sure=True, really=True)
    assert urls(here) == {"a": False, "b": False, "c": False}


@on_the_folder
def test_e4_an_integration_is_made_found_changed_and_deleted(
    client: Client, minio_options: IntegrationOptions
) -> None:
    made = client.integrations.create("lake", minio_options)
    renamed = made.update(new_name="sea")
    [found] = client.integrations

    assert (made.name, made.prefix, made.access_key) == ("lake", "data/", minio_options.access_key)
    assert found == renamed == client.integrations.get("sea") == client.integrations.get(made.id)
    assert (renamed.id, renamed.created_at) == (made.id, made.created_at)
    assert renamed.updated_at > made.updated_at
    with pytest.raises(ga.NotFound, match="no integration 'lake'"):
        client.integrations.get("lake")
    with pytest.raises(ga.Refused, match="Integration named 'sea'"):
        client.integrations.create("sea", minio_options)
    with pytest.raises(ga.Refused, match="sure: true and really: true") as refused:
        found.delete()
    assert refused.value.code == "NOT_SURE"
    assert found.delete(sure=True, really=True) is True
    assert [*client.integrations] == []


@on_the_folder
def test_e4_a_key_that_the_store_does_not_take_is_told_and_can_be_replaced(
    client: Client,
    bucket: Bucket,
    minio_options: IntegrationOptions,
    tmp_path: Path,
) -> None:
    bucket.put("data/a", b"alpha")
    logged = refer(client, f"{bucket.url}/data/a")
    wrong = IntegrationOptions(
        bucket.name, minio_options.access_key, "wrong", "data", minio_options.endpoint
    )
    made = client.integrations.create("lake", wrong)

    with pytest.raises(ga.RemoteRefused, match=r"answered 403 SignatureDoesNotMatch.*integration"):
        logged.download(tmp_path / "out")
    assert contents(logged.download(tmp_path / "stored", references=False)) == {"stored": b"stored"}
    made.update(new_options=minio_options)
    assert contents(logged.download(tmp_path / "out")) == {"a": b"alpha", "stored": b"stored"}


@on_the_folder
def test_e4_what_comes_is_compared_with_what_was_logged(
    client: Client, bucket: Bucket, minio_options: IntegrationOptions, tmp_path: Path
) -> None:
    bucket.put("data/a", b"alpha")
    logged = refer(client, f"{bucket.url}/data/a")
    client.integrations.create("lake", minio_options)
    bucket.put("data/a", b"ALPHA")

    with pytest.raises(ga.RemoteChanged, match=hashlib.md5(b"ALPHA").hexdigest()):
        logged.download(tmp_path / "out")
    bucket.minio.remove_object(bucket.name, "data/a")
    with pytest.raises(ga.RemoteRefused, match="answered 404 NoSuchKey"):
        logged.load("a")


@on_the_folder
def test_e4_a_refused_credential_makes_no_project(client: Client) -> None:
    with pytest.raises(ga.Refused, match="bucket is 'a/b'"):
        client.integrations.create("lake", IntegrationOptions("a/b", "access", "secret"))
    assert nothing_of(client)


def test_e4_the_secret_is_in_no_file_of_the_database_and_the_service_and_in_no_answer(
    client: Client, tmp_path: Path
) -> None:
    # So long that the database does not pack them into a few bits for each character.
    access, secret = secrets.token_urlsafe(150), secrets.token_urlsafe(150)
    options = IntegrationOptions("lake", access, secret)
    made = client.integrations.create("lake", options)
    made = made.update(new_options=IntegrationOptions("sea", access, secret))
    with pytest.raises(ga.GraphApiError) as refused:
        client.execute(
            "mutation ($input: UpdateIntegrationInput!) "
            "{ updateIntegration(input: $input) { __typename } }",
            {"input": {"options": {"secretKey": secret}}},
        )
    document = "query ($id: ID!) { integration(id: $id) { name accessKey } }"
    answer = client.execute(document, {"id": made.id})

    assert secret not in f"{made!r} {options!r} {answer} {refused.value}"
    texts = {path: path.read_bytes() for path in tmp_path.parent.rglob("*") if path.is_file()}

    def holding(text: str) -> list[Path]:
        # The database parts a long text.
        pieces = [text[start : start + 30].encode() for start in range(0, len(text) - 30, 30)]
        return [path for path, held in texts.items() if any(it in held for it in pieces)]

    encoded = base64.b64encode(secret.encode()).decode(), secret.encode().hex()
    assert [holding(text) for text in (secret, *encoded)] == [[], [], []]
    # So the search looks where such things are written.
    assert holding(access) != []
