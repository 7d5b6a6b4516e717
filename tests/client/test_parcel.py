"""Artifacts as bytes: whole, or an error; with a key, nobody else's."""

import base64
import hashlib
import json
import sys
import traceback
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

import graph_api as ga
from graph_api import Artifact
from graph_api.client.file import File
from tests.client.drafts import draft

KEY, OTHER = bytes(range(32)), bytes(32)
FILES = {"deep/b.txt": b"beta", "a": b"alpha", "empty": b""}


def everything() -> Artifact:
    made = draft("data", FILES, "model")
    made.add([1], "list.json", metadata={"rows": 1})
    made.add_reference("s3://bucket/c", size=7, digest="etag:c")
    made.add_reference("gopher://somewhere/file", "d", metadata={"ü": None})
    made.description, made.metadata = "# All\n", {"classes": 10, "deep": {"list": [1.5, None]}}
    return made


def said(made: Artifact) -> tuple[Any, ...]:
    whole = made.name, made.type, made.version, made.description, made.metadata
    return *whole, made.aliases, made.tags, made.manifest


def crafted(body: bytes) -> bytes:
    """A body of anybody's making, with the digest that it needs."""
    return b"graph-api artifact 1\n" + hashlib.sha256(body).digest() + body


def saying(what: object, contents: bytes = b"") -> bytes:
    about = json.dumps(what).encode()
    return crafted(len(about).to_bytes(8) + about + contents)


PLAIN, ENCRYPTED = everything().to_bytes(), everything().to_bytes(KEY)


@pytest.mark.parametrize("key", [None, KEY])
def test_a_draft_comes_back_with_all_that_it_said(key: bytes | None) -> None:
    made = everything()
    found = Artifact.from_bytes(made.to_bytes(key), key)

    assert (found.state, found.size) == ("PENDING", made.size)
    assert said(found) == said(made)
    chosen = Artifact("other", "model", version="2.0", aliases=["best", "new"], tags=["x"])
    assert said(Artifact.from_bytes(chosen.to_bytes(key), key)) == said(chosen)


def test_equal_drafts_are_equal_bytes_and_encrypted_never() -> None:
    assert everything().to_bytes() == PLAIN
    assert everything().to_bytes(KEY) != ENCRYPTED
    assert b"beta" in PLAIN
    for word in (b"beta", b"deep/b.txt", b"model", b"classes"):
        assert word not in ENCRYPTED


@given(st.integers(0, len(PLAIN) - 1), st.integers(1, 255))
def test_a_changed_byte_is_an_error(index: int, change: int) -> None:
    changed = bytearray(PLAIN)
    changed[index] ^= change

    with pytest.raises(ga.CannotRead, match="bytes of an artifact") as refused:
        Artifact.from_bytes(bytes(changed))
    assert refused.value.code == "CANNOT_READ"


@given(st.integers(len("graph-api artifact 1, encrypted\n"), len(ENCRYPTED) - 1), st.binary())
def test_a_changed_byte_of_what_is_encrypted_is_an_error(index: int, instead: bytes) -> None:
    changed = ENCRYPTED[:index] + instead + ENCRYPTED[index + 1 :]
    if changed == ENCRYPTED:
        assert said(Artifact.from_bytes(changed, KEY)) == said(everything())
        return

    with pytest.raises(ga.WrongKey, match="or they have changed") as refused:
        Artifact.from_bytes(changed, KEY)
    assert (refused.value.code, isinstance(refused.value, ValueError)) == ("WRONG_KEY", True)


@pytest.mark.parametrize(
    ("data", "key", "error", "words"),
    [
        (ENCRYPTED, OTHER, ga.WrongKey, "key is not that"),
        (ENCRYPTED, None, ga.CannotRead, "are encrypted.*key=…"),
        # Else whoever has no key could put their own in the place of what is expected.
        (PLAIN, KEY, ga.CannotRead, "are not encrypted"),
        (ENCRYPTED[:40], KEY, ga.WrongKey, "have changed"),
        (ENCRYPTED, KEY[:16], ga.BadArgument, "A key is 32 bytes"),
        (ENCRYPTED, cast("bytes", "correct horse battery staple 123"), ga.BadArgument, "32 bytes"),
        (b"", None, ga.CannotRead, "not what to_bytes"),
        (b"", KEY, ga.CannotRead, "are not encrypted"),
    ],
    # Encrypted bytes are others each time, and each worker makes its own.
    ids=range(8),
)
def test_another_key_or_none_is_an_error_that_does_not_tell_it(
    data: bytes, key: bytes | None, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words) as refused:
        Artifact.from_bytes(data, key)

    told = "".join(traceback.format_exception(refused.value)) + repr(vars(refused.value))
    secret = key if isinstance(key, bytes) else str(key or KEY).encode()
    for form in (repr(secret), repr(secret)[2:-1], secret.hex(), base64.b64encode(secret).decode()):
        assert form not in told


@given(st.binary())
def test_what_says_no_artifact_is_an_error(body: bytes) -> None:
    for data in (crafted(body), saying(body.decode("latin-1"))):
        with pytest.raises(ga.CannotRead):
            Artifact.from_bytes(data)


def entry(path: str, **more: object) -> dict[str, object]:
    blank = dict.fromkeys(("size", "sha256", "reference", "digest", "metadata"))
    return {**blank, "path": path, **more}


@pytest.mark.parametrize(
    ("files", "contents", "words"),
    [
        ([entry("../a", size=1, sha256="0")], b"1", "has the part '..'"),
        ([entry("/a", reference="s3://bucket/a", digest="0")], b"", "is absolute"),
        ([entry("a", size=2, sha256="0")], b"1", "not whole"),
        ([entry("a", size=-1, sha256="0")], b"1", "not whole"),
        ([entry("a", size=1, sha256="0")], b"12", "1 bytes are left over"),
        ([entry("a", size=1, sha256="0")] * 2, b"12", "already has a file 'a'"),
        ([entry("a", size=1, sha256="0", metadata=[1])], b"1", "is a list"),
        ([{"path": "a"}], b"", "what they say is none"),
        (["a"], b"", "what they say is none"),
    ],
)
def test_files_that_no_artifact_has_are_an_error(files: Any, contents: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words) as refused:
        Artifact.from_bytes(saying({"name": "data", "type": "x", "files": files}, contents))
    assert isinstance(refused.value, ga.GraphApiError)


def test_a_reference_of_anybody_s_is_not_asked_for() -> None:
    lan = entry("a", reference="http://127.0.0.1:9/page")

    found = Artifact.from_bytes(saying({"name": "data", "type": "x", "files": [lan]}))

    file = File("a", None, None, "http://127.0.0.1:9/page", digest="None")
    assert found.manifest == {"a": file}


def test_a_file_that_is_another_by_now_is_an_error(tmp_path: Path) -> None:
    local, made = tmp_path / "a.txt", Artifact("data", "dataset")
    local.write_bytes(b"before")
    made.add(local)
    local.write_bytes(b"after")
    with pytest.raises(ga.FileChanged, match=r"'a\.txt' has changed"):
        made.to_bytes()
    local.unlink()
    with pytest.raises(ga.FileMissing, match=r"a\.txt"):
        made.to_bytes()


def test_cryptography_is_named_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers.aead", None)

    for act in (lambda: everything().to_bytes(KEY), lambda: Artifact.from_bytes(ENCRYPTED, KEY)):
        with pytest.raises(ga.PackageMissing, match=r"graph-api\[cryptography\]"):
            act()
    assert said(Artifact.from_bytes(PLAIN)) == said(everything())
