"""The digits pipeline, as an ordinary client of a real service."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from graph_api import Client
from graph_api.settings import child_environment
from tests.service import Service

PROGRAM = Path(__file__).parents[2] / "examples" / "digits.py"


def digits(service: Service, folder: Path) -> list[str]:
    """What a run of the pipeline printed."""
    done = subprocess.run(
        [sys.executable, PROGRAM],
        cwd=folder,
        env=child_environment(GRAPH_API_URL=service.url),
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


# The demo runs it on the folder store (test_demo).
@pytest.mark.parametrize("service", ["minio"], indirect=True)
def test_digits_are_learned_registered_fetched_and_read_as_well_again(
    service: Service, tmp_path: Path
) -> None:
    lines = digits(service, tmp_path)

    steps = ["ingest", "clean", "split", *["train"] * 3, *["evaluate"] * 3, "register", "check"]
    assert [line.split()[0] for line in lines] == steps
    *_, check = lines
    accuracy = r"(\d\d\.\d\d)%"
    found = re.fullmatch(
        f"check     digits-svm:v2, fetched and verified: {accuracy}, logged were {accuracy}", check
    )
    assert found is not None
    assert found[1] == found[2]
    assert float(found[1]) > 98
    assert list(tmp_path.iterdir()) == []

    with Client(service.url, project="digits") as client:
        runs = list(client.runs("svm"))
        assert [run.status for run in runs] == ["COMPLETED"] * 11
        assert len(list(client.artifacts())) == 12
        snapshots = client.dataset("handwritten digits").snapshots()
        assert [str(snapshot.artifact) for snapshot in snapshots] == ["scans:v0", "scans:v1"]
        versions = client.model("digits").versions()
        assert [(version.index, version.stage) for version in versions] == [
            (0, "STAGING"),
            (1, "PRODUCTION"),
        ]
        loaded = client.load_model("digits", stage="PRODUCTION")
        assert type(loaded).__name__ == "SVC"
        whole = client.artifact("model-card").upstream()
        assert whole.complete
        assert {node.label for node in whole.nodes if node.kind == "RUN"} == {
            run.name for run in runs
        }
        assert len([node for node in whole.nodes if node.kind == "ARTIFACT"]) == 12

    again = digits(service, tmp_path)

    with Client(service.url, project="digits") as client:
        assert [line.split()[0] for line in again] == steps
        assert len(list(client.artifacts("clean-scans"))) == 1
        assert len(list(client.artifacts("digits-svm"))) == 6
        assert [run.status for run in client.runs()] == ["COMPLETED"] * 22
