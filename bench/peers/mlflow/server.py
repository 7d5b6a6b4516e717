"""MLflow's server, in an environment of its own that requirements.lock pins."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.server import Server, serving
from tests.environment import environment
from tests.minio.server import free_port

_HERE = Path(__file__).parent
CLIENT = _HERE / "client.py"

VARIABLES = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    # Processes for jobs that nothing here asks for.
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    # Its client asks the server whether S3 is behind it, and then sends big files there itself.
    "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": str(64 << 20),
}
"""What its client and its server are told."""


def python() -> Path:
    """The interpreter of the environment, which is made if it is not there yet."""
    lock = _HERE / "requirements.lock"
    folder = environment.cache / f"mlflow-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    found, whole = folder / "bin/python", folder / "whole"
    if not whole.exists():
        print("Installing MLflow from its lock, once …", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = [found, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "--require-hashes", "-r", lock], check=True)
        whole.touch()
    return found


@contextmanager
def mlflow(folder: Path, artifacts: str, variables: Mapping[str, str]) -> Generator[Server]:
    """It takes the bytes of its clients to ``artifacts``: a folder, or ``s3://bucket``."""
    port = free_port()
    command = [
        *(str(python()), "-m", "mlflow", "server", "--workers", "1"),
        *("--host", "127.0.0.1", "--port", str(port)),
        *("--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}"),
        *("--serve-artifacts", "--artifacts-destination", artifacts),
    ]
    url = f"http://127.0.0.1:{port}"
    with serving(
        "MLflow",
        command,
        VARIABLES | dict(variables),
        folder / "mlflow.log",
        url=url,
        ready=lambda client: client.get(f"{url}/health"),
    ) as server:
        yield server
