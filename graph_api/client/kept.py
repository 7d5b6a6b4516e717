"""How long a logged version is kept, and what it holds."""

import warnings
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from graph_api.client.errors import BadArgument, ExpiresSoon
from graph_api.client.job import Job, start
from graph_api.client.readable import Readable
from graph_api.client.records import ArtifactRecord
from graph_api.client.storage import Storage, storage

if TYPE_CHECKING:
    from graph_api.client.deletion import DeletePlan

# Of what expires within this time, a download warns.
_SOON = timedelta(days=7)


class Kept(Readable):
    """A version that can be deleted, restored, or given a time to live."""

    @property
    def record(self) -> ArtifactRecord:
        """All that was read of the version."""
        raise NotImplementedError

    def to_json(self) -> dict[str, Any]:
        return deepcopy(self.record.json)

    def storage(self) -> Storage:
        """The bytes that it holds in the store, and how many of them no other version does."""
        return storage(self.client, self.id)

    def delete_plan(self) -> "DeletePlan":
        """What needs this version, and which bytes would go with it; changes nothing."""
        return self.client.delete_plan(self.id)

    def delete(self, *, force: bool = False) -> "DeletePlan":
        """Delete this version, and return the plan that was carried out.

        Its aliases point nowhere then, its files cannot be read, and at ``record.purge_at`` their
        bytes go; until then :meth:`restore` takes it back. Needed, with the path, if something
        needs it, unless ``force``, for which a key must have the right to administer the project.
        The object is read anew.
        """
        plan = self.client.delete(self.id, force=force)
        self._read_anew()
        return plan

    def restore(self) -> Self:
        """Take this version back, with those of its aliases that nothing else has by now.

        Refused with the code PURGED once its bytes have gone. The object is read anew.
        """
        self.client.restore(self.id)
        self._read_anew()
        return self

    def verify_stored(self) -> Job:
        """Start to read all files from the store, and return the job; :meth:`Job.wait` waits.

        Its ``result`` says how many ``files`` and ``bytes`` are stored, and how many ``faults``
        there are, with the paths that are ``missing`` and ``damaged``, the first 100 of each; a job
        that finds some is COMPLETED all the same. References are not read. It takes a key that may
        write to the project. To verify what was downloaded is :meth:`verify`.
        """
        return start(self.client, "verifyArtifact", {"artifact": self.id})

    def set_time_to_live(self, time: timedelta | None) -> Self:
        """Have this version deleted so long after its last use, counted from now; None: never.

        A use is that a run uses it, or logs it again. It stays while a protected alias, a model, a
        dataset, a link or a run that goes on needs it, or what came of it, and :meth:`restore`
        takes it back from the trash. ``record.expires_at`` tells when; a download in the last
        seven days before warns.
        """
        seconds = None if time is None else time // timedelta(seconds=1)
        if time is not None and timedelta(seconds=seconds or 0) != time:
            raise BadArgument(f"{time} is not a whole number of seconds.")
        input = {"artifact": self.id, "seconds": seconds}
        self.client.api.mutate("setTimeToLive", "ArtifactPayload", "artifact { id }", input)
        self._read_anew()
        return self

    def _warn(self) -> None:
        expires_at = self.record.expires_at
        if expires_at and expires_at - datetime.now(UTC) < _SOON:
            warnings.warn(
                f"{self} is deleted at {expires_at:%Y-%m-%d %H:%M} UTC unless a run uses it before "
                "(run.use_artifact), or its time to live is changed (set_time_to_live).",
                ExpiresSoon,
                stacklevel=3,
            )

    def _read_anew(self) -> None:
        raise NotImplementedError
