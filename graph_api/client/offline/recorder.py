"""What answers a client that is offline.

The client's own code is the same: it is told so much of each answer as can be known, and what it
said lies in a bundle by then.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urlsplit
from urllib.request import url2pathname

import httpx

from graph_api.client.api import Api
from graph_api.client.artifact import Artifact
from graph_api.client.cache import copy_bytes
from graph_api.client.content import FILE_AT, FILES, READABLE, URLS
from graph_api.client.dataset import Snapshot
from graph_api.client.errors import NotFound, Refused, WrongBytes
from graph_api.client.file import File, hashed
from graph_api.client.gather import DOWNLOADS
from graph_api.client.model import ModelVersion
from graph_api.client.offline.bundle import (
    NAMING,
    Bundle,
    content,
    is_own,
    keep,
    new_id,
    own_ids,
)
from graph_api.client.offline.logged import Logged, logged
from graph_api.client.offline.promise import Promise
from graph_api.client.progress import Transfer
from graph_api.client.records import RunRecord
from graph_api.client.reference import is_id, parse
from graph_api.client.store import Sent, Source, Store, Upload
from graph_api.client.unknown import Offline

if TYPE_CHECKING:
    from graph_api.client.client import Client


@dataclass
class _Draft:
    """An artifact that is being logged."""

    input: Mapping[str, Any]
    bundle: Bundle
    files: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])


class Recorder(Api):
    """Stands in for the service: what is said goes into bundles in a folder. Safe for threads."""

    def __init__(self, folder: Path) -> None:
        # Without a connection, which the one it stands in for would make.
        self.folder = folder.absolute()
        self.url = self.folder.as_uri()
        self._lock = RLock()
        self._bundles: dict[str, Bundle] = {}
        """The one that each thing that was made here lies in."""
        self._runs: dict[str, dict[str, Any]] = {}
        self._drafts: dict[str, _Draft] = {}
        self._logged: dict[str, Logged] = {}
        self._promised: dict[str, dict[str, Any]] = {}

    def close(self) -> None:
        """Let others sync what has been said until now."""
        with self._lock:
            for bundle in self._bundles.values():
                bundle.release()

    def execute(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        repeatable: bool | None = None,
    ) -> dict[str, Any]:
        """The files of what was logged offline; for everything else it takes the service."""
        asked = variables or {}
        known = self._logged.get(asked.get("id", ""))
        if known and document == FILES:
            pages = {"hasNextPage": False, "endCursor": None}
            return {"artifact": {"files": {"nodes": known.entries, "pageInfo": pages}}}
        if known and document == READABLE:
            return {"artifact": {}}
        if known and document == DOWNLOADS:
            wanted = [it for it in known.entries if it["path"] in asked["paths"]]
            urls = {it["downloadUrl"]: it["sha256"] for it in wanted}
            found = [{"url": url, "headers": [], "sha256s": [it]} for url, it in urls.items()]
            return {"artifact": {"downloads": found}}
        if known and document == URLS:
            return {"artifact": {"downloadUrls": [None] * len(asked["paths"])}}
        if known and document == FILE_AT:
            at = [entry for entry in known.entries if entry["path"] == asked["path"]]
            return {"artifact": {"file": at[0] if at else None}}
        raise Offline("Only the service can answer this")

    def opened(
        self, path: str, parameters: Mapping[str, str | int | Sequence[str]], accept: str
    ) -> httpx.Response:
        """It takes the service."""
        raise Offline("Only the service can answer this")

    def artifact(self, client: "Client", reference: str) -> Artifact:
        """What was logged into the folder under the reference; else a promise."""
        if is_id(reference):
            if not is_own(reference):
                return Promise(client, reference, reference)
            found = [it for it in logged(self.folder) if it.id == reference]
            if not found:
                raise NotFound(f"{self.folder} has no artifact {reference!r}.")
        else:
            named = parse(reference)
            project = client.named_project(named.project)
            wanted = project, named.name, named.version
            found = [it for it in logged(self.folder) if it.answers(*wanted)]
            if not found:
                id = new_id()
                self._promised[id] = dict(zip(("project", "name", "version"), wanted, strict=True))
                return Promise(client, id, str(named))
        self._logged[found[-1].id] = found[-1]
        return Artifact.of(client, found[-1].record)

    def mutate(
        self,
        verb: str,
        payload: str,
        selection: str,
        input: Mapping[str, Any],
        errors: str = "",
    ) -> dict[str, Any]:
        """Write down what is said; of the answer so much as can be known."""
        with self._lock:
            match verb:
                case "startRun":
                    return {"run": self._start(input)}
                case "use" | "log" | "logParameters" | "logMetrics" | "finishRun" | "heartbeat":
                    return {"run": self._say_of_run(verb, input)}
                case "createDraft" if "base" in input:
                    raise NotFound("Offline, no version is there to begin with.")
                case "createDraft":
                    return {"artifact": {"id": self._begin(input)}}
                case "requestUploads":
                    return self._uploads(self._drafts[input["draft"]], input["files"])
                case "commitArtifact":
                    return {"created": None, "artifact": self._commit(input["draft"])}
                case "updateArtifact" | "addAliases" | "removeAliases":
                    return {"artifact": self._change(verb, input)}
                case "registerModel":
                    self._say(verb, input)
                    return {"modelVersion": ModelVersion.part(stage=input["stage"] or "NONE")}
                case "addSnapshot":
                    self._say(verb, input)
                    return {"datasetSnapshot": Snapshot.part()}
                case "link" | "addNote":
                    self._say(verb, input)
                    return {}
                case _:
                    raise Offline(f"Only the service can do {verb!r}")

    def _say(
        self,
        verb: str,
        input: Mapping[str, Any],
        makes: str | None = None,
        bundle: Bundle | None = None,
    ) -> datetime:
        """Write an operation into the bundle of the first thing that it names, or a new one.

        Its time, in UTC.
        """
        said: list[str] = []
        for member in NAMING:
            value = input.get(member)
            said += value if isinstance(value, list) else [value] if value else []
        bundle = bundle or next((self._bundles[id] for id in said if id in self._bundles), None)
        bundle = bundle or Bundle(self.folder)
        for own in own_ids(input):
            if own not in bundle.ids:
                bundle.append("find", self._promised.get(own) or self._home(own), own)
                self._bundles.setdefault(own, bundle)
        at = bundle.append(verb, input, makes)
        if makes:
            self._bundles[makes] = bundle
        return at

    def _home(self, id: str) -> dict[str, Any]:
        """Where something was logged."""
        bundle = self._bundles[id].path if id in self._bundles else self._logged[id].bundle
        return {"bundle": bundle.name, "id": id}

    def _start(self, input: Mapping[str, Any]) -> RunRecord:
        bundle, id = Bundle(self.folder), new_id()
        key = input["key"] or bundle.id
        said = {**input, "key": key, "name": input["name"] or key, "heartbeats": False}
        bundle.hold()
        try:
            at = self._say("startRun", said, id, bundle)
        except BaseException:
            bundle.release()
            raise
        self._runs[id] = {
            "id": id,
            "project": said["project"],
            "key": key,
            "name": said["name"],
            "experiment": said["experiment"],
            "status": "RUNNING",
            "reason": None,
            "description": said["description"],
            "metadata": said["metadata"],
            "parameters": said["parameters"],
            "started_at": at,
            "ended_at": None,
        }
        return RunRecord.part(**self._runs[id])

    def _say_of_run(self, verb: str, input: Mapping[str, Any]) -> RunRecord:
        known = self._runs[input["run"]]
        ended = known["status"] != "RUNNING"
        if verb == "finishRun" and ended and known["status"] != input["status"]:
            raise Refused(f"Run {known['name']!r} is {known['status']} already.", "RUN_ENDED")
        if not ended or verb not in ("finishRun", "heartbeat"):
            at = self._say(verb, input)
            if verb == "finishRun":
                known |= {"status": input["status"], "reason": input["reason"], "ended_at": at}
                self._bundles[input["run"]].release()
            elif verb == "logParameters":
                known["parameters"] = known["parameters"] | input["parameters"]
        return RunRecord.part(**known)

    def _begin(self, input: Mapping[str, Any]) -> str:
        id = new_id()
        run = input["run"]
        self._drafts[id] = _Draft(input, self._bundles[run] if run else Bundle(self.folder))
        return id

    def _uploads(self, draft: _Draft, files: Iterable[dict[str, Any]]) -> dict[str, Any]:
        uploads: list[dict[str, Any] | None] = []
        for file in files:
            draft.files[file["path"]] = file
            place = file["sha256"] and content(draft.bundle.path, file["sha256"])
            lacking = place and not place.exists()
            uploads.append(
                {"method": "PUT", "url": place.as_uri(), "headers": []} if lacking else None
            )
        return {"uploads": uploads, "multipartUploads": [None for _ in uploads], "pack": None}

    def _commit(self, id: str) -> Any:
        draft = self._drafts[id]
        files = [*draft.files.values()]
        draft.bundle.flush({file["sha256"] for file in files if file["sha256"]})
        said = {**draft.input, "files": files}
        self._say("logArtifact", said, id, draft.bundle)
        self._logged[id] = Logged(id, draft.bundle.path, said)
        del self._drafts[id]
        return self._logged[id].record

    def _change(self, verb: str, input: Mapping[str, Any]) -> Any:
        self._say(verb, input)
        known = self._logged[input.get("artifact") or input["id"]]
        known.change(verb, dict(input))
        return known.record


class Contents(Store):
    """Stands in for the byte store: the contents of bundles. References are fetched as ever."""

    def put(
        self,
        source: Sent,
        request: Upload,
        renewed: Callable[[], Upload | None],
        transfer: Transfer,
        stop: Callable[[], bool],
    ) -> None:
        """Copy the file into its bundle, verified, and on the disk."""
        assert isinstance(source, Source)
        place = _local(request.url)
        keep(source.local, source.path, place.name, place)
        transfer.advance(source.size)

    def get(
        self,
        file: File,
        sink: BinaryIO,
        renewed: Callable[[], str],
        transfer: Transfer,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Write the bytes to the sink; :class:`WrongBytes` if they are not those of the file."""
        place = _local(file.url or renewed())
        size, sha256 = hashed(place)
        if sha256 != file.sha256:
            raise WrongBytes(file.path, str(file.sha256), sha256)
        sink.seek(0)
        sink.truncate()
        with place.open("rb") as source:
            copy_bytes(source, sink, size)
        transfer.advance(size)


def _local(uri: str) -> Path:
    return Path(url2pathname(urlsplit(uri).path))
