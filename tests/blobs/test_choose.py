"""Which store the settings choose, and the secret of the folder."""

import sys
from pathlib import Path
from subprocess import PIPE, Popen

from pydantic import SecretStr

from graph_api.blobs import FolderBlobs, S3Blobs, blob_store
from graph_api.settings import Settings

SIGN = """
import sys
from pathlib import Path
from graph_api.blobs import blob_store, signed_path
from graph_api.settings import Settings

sys.stdin.read()
store = blob_store(Settings().model_copy(update={"data": Path(sys.argv[1])}))
print(signed_path.signature(store._secret, "GET", "k", {}, {}))
"""


def test_without_an_address_of_s3_the_bytes_are_in_the_data_folder(tmp_path: Path) -> None:
    store = blob_store(Settings().model_copy(update={"data": tmp_path, "s3_endpoint": None}))

    assert isinstance(store, FolderBlobs)
    assert store.root == tmp_path / "blobs"


def test_with_an_address_of_s3_nothing_is_written_to_the_data_folder(tmp_path: Path) -> None:
    store = blob_store(
        Settings().model_copy(
            update={
                "data": tmp_path,
                "s3_endpoint": "http://minio:9000",
                "s3_access_key": "access",
                "s3_secret_key": SecretStr("secret"),
            }
        )
    )

    assert isinstance(store, S3Blobs)
    assert (store.host, store.bucket) == ("minio:9000", "graph-api")
    assert list(tmp_path.iterdir()) == []


def test_the_secret_is_made_once_by_workers_that_start_together(tmp_path: Path) -> None:
    data = tmp_path / "data"
    workers = [
        Popen([sys.executable, "-c", SIGN, str(data)], stdin=PIPE, stdout=PIPE) for _ in range(4)
    ]
    printed = [worker.communicate()[0] for worker in workers]

    key = data / "blobs.key"
    assert [worker.returncode for worker in workers] == [0] * 4
    assert len(set(printed)) == 1
    assert [path.name for path in data.iterdir()] == ["blobs.key"]
    assert len(key.read_bytes()) == 32
    assert key.stat().st_mode & 0o777 == 0o600


def test_the_secret_is_read_again(tmp_path: Path) -> None:
    settings = Settings().model_copy(update={"data": tmp_path, "s3_endpoint": None})
    blob_store(settings)
    secret = (tmp_path / "blobs.key").read_bytes()

    blob_store(settings)

    assert (tmp_path / "blobs.key").read_bytes() == secret
