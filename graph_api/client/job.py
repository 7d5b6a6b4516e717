"""Jobs: long work of the service, which goes on whether anybody waits or not."""

import time
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from graph_api.client.errors import GraphApiError, NotFound
from graph_api.client.progress import counting
from graph_api.client.records import instant, moment
from graph_api.client.refusal import refusal

if TYPE_CHECKING:
    from graph_api.client.client import Client

JOB = """\
__typename id kind status spec done total progress error { message code } result
createdAt createdBy startedAt endedAt project { name }"""
_ONE = f"query ($id: ID!) {{ job(id: $id) {{ {JOB} }} }}"
_OF_PROJECT = f"""\
query ($project: String!, $first: Int, $after: String) {{
  project(name: $project) {{
    jobs(first: $first, after: $after) {{
      nodes {{ {JOB} }} pageInfo {{ hasNextPage endCursor }}
    }}
  }}
}}"""

# Seconds between two looks at a job: the first, how much longer each is, and the longest.
_PAUSE = 0.1
_GROWTH = 1.5
_LONGEST_PAUSE = 5.0


class StillInProgress(GraphApiError, TimeoutError):
    """A job was waited for, and goes on."""

    def __init__(self, id: str, seconds: float, done: int, total: int) -> None:
        super().__init__(
            f"The job {id} is not over after {seconds:g} s: {done:,} of {total:,} are done.",
            "IN_PROGRESS",
            "It goes on by itself; wait() again, or cancel() it.",
        )


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job did not do all that it was to do."""

    message: str
    code: str


class Job:
    """The handle of long work: as it was when it was read, until :meth:`read` or :meth:`wait`."""

    def __init__(self, client: "Client", data: Mapping[str, Any]) -> None:
        self._client = client
        self._became(data)

    def _became(self, data: Mapping[str, Any]) -> None:
        self._json = deepcopy(dict(data))
        self.id: str = data["id"]
        self.kind: str = data["kind"]
        """DELETE_COLLECTION or VERIFY_ARTIFACT."""
        self.status: str = data["status"]
        """QUEUED, RUNNING, COMPLETED, FAILED or CANCELLED."""
        self.spec: dict[str, Any] = deepcopy(data["spec"])
        """What it was asked for."""
        self.done: int = data["done"]
        self.total: int = data["total"]
        """Versions to delete, or files to read."""
        self.progress = float(data["progress"])
        """The part that is done, from 0 to 1."""
        self.error = None if data["error"] is None else JobError(**data["error"])
        self.result: dict[str, Any] | None = deepcopy(data["result"])
        """What it has found so far, where it is to find something."""
        self.project: str = data["project"]["name"]
        self.created_at: datetime = moment(data["createdAt"])
        self.created_by: str = data["createdBy"]
        self.started_at: datetime | None = instant(data["startedAt"])
        self.ended_at: datetime | None = instant(data["endedAt"])

    @property
    def client(self) -> "Client":
        """The client that it was read by."""
        return self._client

    def to_json(self) -> dict[str, Any]:
        """What the service said of this, as JSON: ``client.from_json`` makes the handle again."""
        return deepcopy(self._json)

    def read(self) -> Self:
        """Read it anew; NotFound a month after its end."""
        self._became(_found(self._client, self.id))
        return self

    def in_progress(self) -> bool:
        """Whether it has not ended; asks the service, unless the end is known."""
        return self._goes_on() and self.read()._goes_on()

    def wait(self, timeout: float | None = None) -> Self:
        """Return once it is COMPLETED, however long that takes, and show how far it is.

        What it FAILED with is raised: Needed, Refused and so on, as what it did can be done no
        further; what it has done stays. So is Refused with the code CANCELLED. After ``timeout``
        seconds StillInProgress, a TimeoutError, is raised, and the job goes on.
        """
        begun, pause, shown = time.monotonic(), _PAUSE, 0
        with counting(self.kind.lower().replace("_", " "), self.total) as counted:
            while self.in_progress():
                counted.advance(self.done - shown)
                shown = self.done
                if timeout is not None:
                    left = begun + timeout - time.monotonic()
                    if left <= 0:
                        raise StillInProgress(self.id, timeout, self.done, self.total)
                    pause = min(pause, left)
                time.sleep(pause)
                pause = min(pause * _GROWTH, _LONGEST_PAUSE)
        if self.error is not None:
            raise refusal(self.error.message, self.error.code)
        return self

    def cancel(self) -> Self:
        """End it; what it has done stays. One that has ended stays as it is."""
        answer = self._client.api.mutate(
            "cancelJob", "JobPayload", f"job {{ {JOB} }}", {"job": self.id}
        )
        self._became(answer["job"])
        return self

    def _goes_on(self) -> bool:
        return self.status in ("QUEUED", "RUNNING")

    def __repr__(self) -> str:
        return f"<Job {self.kind} {self.status} {self.done:,} of {self.total:,}>"


def start(client: "Client", verb: str, input: Mapping[str, Any]) -> Job:
    """Have a mutation start a job."""
    return Job(client, client.api.mutate(verb, "JobPayload", f"job {{ {JOB} }}", input)["job"])


def one(client: "Client", id: str) -> Job:
    """The job of that id; NotFound if there is none."""
    return Job(client, _found(client, id))


def listed(client: "Client", project: str) -> Iterator[Job]:
    """The jobs of a project, the newest first, page by page as you go."""
    for page in client.api.pages(_OF_PROJECT, {"project": project}, "project", "jobs"):
        yield from (Job(client, node) for node in page["nodes"])


def _found(client: "Client", id: str) -> dict[str, Any]:
    data = client.execute(_ONE, {"id": id})["job"]
    if data is None:
        raise NotFound(f"The service has no job {id!r}.")
    return data
