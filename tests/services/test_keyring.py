"""Secrets at rest: who opens what, and where a key comes from."""

import base64
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from graph_api.errors import EncryptionKeyMissing
from graph_api.services.keyring import Keyring, name_of
from graph_api.settings import BadSettings, Settings

ONE, TWO = b"1" * 32, b"2" * 32
SECRETS = st.text(st.characters(codec="utf-8"))


@given(secret=SECRETS, owner=SECRETS, other=SECRETS, place=st.integers(0, 1000), by=st.data())
def test_what_is_sealed_opens_for_its_owner_by_its_key_and_unaltered_alone(
    secret: str, owner: str, other: str, place: int, by: st.DataObject
) -> None:
    ring = Keyring((ONE,), None)
    sealed = ring.seal(secret, owner)
    name, _, text = sealed.partition(".")
    data = bytearray(base64.b64decode(text))
    data[place % len(data)] ^= by.draw(st.integers(1, 255))
    altered = f"{name}.{base64.b64encode(data).decode()}"

    assert ring.open(sealed, owner) == secret
    assert ring.seal(secret, owner) != sealed
    assert ring.open(altered, owner) is None
    assert Keyring((TWO,), None).open(sealed, owner) is None
    assert Keyring((TWO, ONE), None).open(sealed, owner) == secret
    if other != owner:
        assert ring.open(sealed, other) is None


def test_the_newest_key_seals_and_the_others_open() -> None:
    old = Keyring((ONE,), None).seal("s", "o")
    both = Keyring((TWO, ONE), None)
    new = both.seal("s", "o")

    assert (both.is_newest(old), both.is_newest(new)) == (False, True)
    assert Keyring((TWO,), None).open(new, "o") == "s"
    assert name_of(old) != name_of(new)


@pytest.mark.parametrize("sealed", ["", "x", ".", "00000000.", "00000000.x"])
def test_what_was_never_sealed_does_not_open(sealed: str) -> None:
    ring = Keyring((ONE,), None)

    assert ring.open(sealed, "o") is None
    assert ring.open(f"{name_of(ring.seal('', 'o'))}.{sealed}", "o") is None


def test_beside_a_folder_store_a_key_is_made_at_the_first_need_and_stays(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    ring = Keyring.of(settings)
    assert ring.open("x.y", "o") is None
    assert list(tmp_path.iterdir()) == []

    sealed = ring.seal("s", "o")
    file = tmp_path / "data/encryption.key"

    assert [path.name for path in file.parent.iterdir()] == ["encryption.key"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Keyring.of(settings).open(sealed, "o") == "s"
    text = base64.b64encode(file.read_bytes()).decode()
    moved = Settings(data=tmp_path / "elsewhere", encryption_keys=(SecretStr(text),))
    assert Keyring.of(moved).open(sealed, "o") == "s"
    file.write_bytes(b"too short")
    assert Keyring.of(settings).open(sealed, "o") is None
    with pytest.raises(EncryptionKeyMissing):
        Keyring.of(settings).seal("s", "o")
    assert file.read_bytes() == b"too short"


def test_where_s3_has_the_bytes_a_key_is_given_or_nothing_is_sealed(tmp_path: Path) -> None:
    s3 = {"s3_endpoint": "http://h:9000", "s3_access_key": "a", "s3_secret_key": SecretStr("s")}
    settings = Settings(data=tmp_path).model_copy(update=s3)

    with pytest.raises(EncryptionKeyMissing, match=r"GRAPH_API_ENCRYPTION_KEYS.*openssl rand"):
        Keyring.of(settings).seal("s", "o")

    assert list(tmp_path.iterdir()) == []


def test_keys_of_the_settings_are_listed_and_one_that_is_none_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = [base64.b64encode(key).decode() for key in (TWO, ONE)]
    monkeypatch.setenv("GRAPH_API_ENCRYPTION_KEYS", ", ".join(texts))
    settings = Settings()
    assert settings.keys_of_encryption() == (TWO, ONE)
    assert not any(text in f"{settings!r} {Keyring.of(settings)!r}" for text in texts)

    for wrong in ("not-a-key", base64.b64encode(b"wrong" * 6).decode(), f"{texts[0]} wr=ng"):
        monkeypatch.setenv("GRAPH_API_ENCRYPTION_KEYS", wrong)
        with pytest.raises(ValidationError) as refused:
            Settings()
        said = str(BadSettings(refused.value))
        assert said.startswith("GRAPH_API_ENCRYPTION_KEYS: a key is 32 bytes in base64")
        assert wrong.split()[-1] not in said
