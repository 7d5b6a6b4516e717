"""The real MinIO, and what happens where it cannot be had."""

import subprocess
import sys
from pathlib import Path

import httpx

from tests.minio.server import RunningMinio

ROOT = Path(__file__).parent.parent.parent
TESTS = """
from tests.minio.server import RunningMinio


def test_one(minio: RunningMinio) -> None: ...
def test_two(minio: RunningMinio) -> None: ...
def test_without() -> None: ...
"""


def run_without_minio(folder: Path, required: int) -> subprocess.CompletedProcess[str]:
    """These tests, where there is neither MinIO nor a Go to build it."""
    file = folder / "test_probe.py"
    file.write_text(TESTS)
    command = ["env", "-u", "GRAPH_API_TEST_S3_ENDPOINT", "-u", "GRAPH_API_TEST_MINIO"]
    command += ["PATH=/nowhere", f"GRAPH_API_CACHE={folder}", f"REQUIRE_SERVICES={required}"]
    command += [sys.executable, "-m", "pytest", "--noconftest", "-p", "no:cacheprovider"]
    command += ["-p", "tests.environment", "-p", "tests.minio.fixtures"]
    command += [f"--rootdir={ROOT}", f"--config-file={ROOT / 'pyproject.toml'}", str(file)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_minio_answers_on_loopback(minio: RunningMinio) -> None:
    assert httpx.get(f"{minio.endpoint}/minio/health/live").status_code == 200


def test_without_minio_the_tests_are_skipped_and_the_summary_says_so(tmp_path: Path) -> None:
    ran = run_without_minio(tmp_path, required=0)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 passed, 2 skipped" in ran.stdout
    assert "NOT RUN: 2 tests that need MinIO" in ran.stdout
    assert "there is no Go to build it; install Go 1.24, or set GRAPH_API_TEST_MINIO" in ran.stdout


def test_without_minio_the_tests_fail_where_services_are_required(tmp_path: Path) -> None:
    ran = run_without_minio(tmp_path, required=1)

    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "1 passed, 2 errors" in ran.stdout
    assert "MinIO is required and cannot be had: there is no Go to build it" in ran.stdout
