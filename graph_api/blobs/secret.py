"""A secret of this machine, in a file that its owner alone can read."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from graph_api.blobs.incoming import make_folder, sync


def kept(path: Path) -> bytes:
    """What the file holds: 32 bytes, made once, however many workers ask together."""
    if not path.exists():
        make_folder(path.parent)
        number, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(number, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            # What it encrypts would be lost with it.
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(name, path)
        Path(name).unlink()
        sync(path.parent)
    return path.read_bytes()
