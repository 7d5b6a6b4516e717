"""The interpreters of peers, each in an environment of its own that its requirements.lock pins."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from tests.environment import environment


def python(peer: Path) -> Path:
    """That of the peer in this folder; its environment is made if it is not there yet."""
    lock = peer / "requirements.lock"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    folder = environment.cache / f"{peer.name}-{digest}"
    found, whole = folder / "bin/python", folder / "whole"
    if not whole.exists():
        print(f"Installing {peer.name} from its lock, once …", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = [found, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "--require-hashes", "-r", lock], check=True)
        whole.touch()
    return found
