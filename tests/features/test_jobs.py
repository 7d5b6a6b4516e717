"""Row F8: jobs, done by a real sweeper beside the service."""

import json

import graph_api as ga
from graph_api import Client
from tests.client.drafts import draft
from tests.client.requests import requested
from tests.features.stores import on_the_folder
from tests.service import Service

FILES = {"a": b"alpha", "deep/b": b"beta"}


def test_f8_a_job_is_a_handle_that_is_waited_for_and_is_json(
    client: Client, sweeper: Service
) -> None:
    logged = client.log_artifact(draft("data", FILES))

    job = logged.verify_stored()

    assert (job.kind, job.status, job.progress, job.total) == ("VERIFY_ARTIFACT", "QUEUED", 0, 2)
    with requested(client) as requests:
        again = client.from_json(json.loads(json.dumps(job.to_json())))
    assert requests == []
    assert isinstance(again, ga.Job)
    assert (again.id, again.to_json()) == (job.id, job.to_json())
    assert job.wait() is job
    assert (job.status, job.done, job.progress, job.error) == ("COMPLETED", 2, 1, None)
    assert job.result == {
        "files": 2,
        "bytes": 9,
        "references": 0,
        "faults": 0,
        "unlisted": 0,
        "missing": [],
        "damaged": [],
        "unreadable": [],
    }
    assert job.started_at
    assert job.ended_at
    assert job.created_at <= job.started_at <= job.ended_at
    with requested(client) as requests:
        assert job.in_progress() is False
    assert requests == []
    assert again.in_progress() is False
    assert again.result == client.job(job.id).result == job.result
    assert [it.id for it in client.jobs()] == [job.id]
    assert repr(job) == "<Job VERIFY_ARTIFACT COMPLETED 2 of 2>"


@on_the_folder
def test_f8_a_damaged_file_in_the_store_is_found(client: Client, sweeper: Service) -> None:
    content = str(client.project).encode()
    logged = client.log_artifact(draft("data", {"a": content, "b": b"beta"}))
    (stored,) = [
        path
        for path in (sweeper.data / "blobs").rglob("*")
        if path.is_file() and path.read_bytes() == content
    ]
    stored.write_bytes(content.upper())

    job = logged.verify_stored().wait()

    assert job.status == "COMPLETED"
    assert job.result
    assert (job.result["faults"], job.result["damaged"]) == (1, ["a"])
    stored.write_bytes(content)
    assert (logged.verify_stored().wait().result or {})["faults"] == 0
