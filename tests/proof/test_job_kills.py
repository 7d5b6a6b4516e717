"""Jobs in real processes that are killed: what is done once stays done once."""

import time

import pytest

import graph_api as ga
from graph_api import Client
from tests.service import Service, sweeping

pytestmark = pytest.mark.no_bytes


def log_many(client: Client, name: str, count: int) -> None:
    """So many versions of a name, each of which refers to something else."""
    for start in range(0, count, 20):
        logs = (
            f"""v{number}: logArtifact(input: {{project: "{client.project}", name: "{name}",
              type: "dataset", files: [{{path: "a", reference: "s3://b/{number}"}}]}}) {{
              ... on CommitPayload {{ created }} }}"""
            for number in range(start, min(start + 20, count))
        )
        answer = client.execute(f"mutation {{ {' '.join(logs)} }}")
        assert all(one == {"created": True} for one in answer.values())


def states(client: Client, name: str) -> list[str]:
    """The states of all versions of a name."""
    return [artifact.state for artifact in client.artifacts(name, deleted=True)]


def test_a_job_goes_on_where_it_was_when_its_sweeper_is_killed(
    client: Client, service: Service
) -> None:
    log_many(client, "many", 220)
    seen = [0]

    def look(job: ga.Job) -> ga.Job:
        seen.append(job.read().done)
        return job

    with sweeping(service) as first:
        job = client.collection("many").delete(True, True)
        while look(job).done < 100:
            time.sleep(0.01)
        first.kill()
        first.wait()
    assert look(job).status == "RUNNING"
    gone = states(client, "many").count("DELETED")
    assert gone == look(job).done < 220

    with sweeping(service), sweeping(service):
        while look(job).in_progress():
            time.sleep(0.05)

    assert (job.status, job.done, job.total) == ("COMPLETED", 220, 220)
    assert seen == sorted(seen)
    assert states(client, "many") == ["DELETED"] * 220
