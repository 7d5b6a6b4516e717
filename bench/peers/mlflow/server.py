"""MLflow's server, in an environment of its own that requirements.lock pins."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.peers.interpreter import python
from bench.server import Server, serving
from tests.minio.server import free_port

HERE = Path(__file__).parent

VARIABLES = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    # Processes for jobs that nothing here asks for.
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    # Its client asks the server whether S3 is behind it, and then sends big files there itself.
    "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": str(64 << 20),
}
"""What its client and its server are told."""


@contextmanager
def mlflow(folder: Path, artifacts: str, variables: Mapping[str, str]) -> Generator[Server]:
    """It takes the bytes of its clients to ``artifacts``: a folder, or ``s3://bucket``."""
    port = free_port()
    command = [
        *(str(python(HERE)), "-m", "mlflow", "server", "--workers", "1"),
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
