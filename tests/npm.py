"""Node, as the development environment brings it."""

import subprocess
import sys
from pathlib import Path


def run(folder: Path, script: str, *arguments: str) -> str:
    """Install what the lock file in the folder names and run the script; what it says."""
    # Node by itself trusts no authority that only the system knows.
    prepared = f'export NODE_USE_SYSTEM_CA=1 PATH="$0:$PATH" && npm ci >&2 && {script}'
    command = ["sh", "-c", prepared, str(Path(sys.executable).parent), *arguments]
    return subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout
