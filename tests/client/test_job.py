"""Jobs that nobody does: they wait."""

import pytest

import graph_api as ga
from graph_api import Client
from tests.client.drafts import draft

pytestmark = pytest.mark.no_bytes


def test_what_waits_can_be_cancelled_and_is_not_waited_for_for_ever(client: Client) -> None:
    logged = client.log_artifact(draft("data", {"a": b"alpha", "deep/b": b"beta"}))
    job = logged.verify_stored()

    with pytest.raises(ga.StillInProgress, match=r"is not over after 0\.2 s: 0 of 2") as waited:
        job.wait(timeout=0.2)
    assert isinstance(waited.value, TimeoutError)
    assert job.in_progress() is True

    assert job.cancel() is job
    assert (job.status, job.in_progress()) == ("CANCELLED", False)
    with pytest.raises(ga.Refused, match="cancelled it; what was done by then stays") as refused:
        job.wait()
    assert refused.value.code == "CANCELLED"
    assert client.job(job.id).cancel().error == job.error
    with pytest.raises(ga.NotFound, match="no job 'job_0'"):
        client.job("job_0")
