"""A bundle into the service, each operation exactly once.

1. The bundle is held, verified as a whole, and replayed in its order.
2. Its journal says what is done, and is on the disk before the next operation is sent. So after a
   kill, of this process or of the service, at most one operation is in doubt: the first that the
   journal lacks.
3. That one is sent again so that it cannot count twice. Edges, parameters and ends are the same
   when they are said again; a version comes of a draft, whose id the journal has before any commit
   of it is sent; a run is known by its key and its begin; a metric by how many values it has. An
   idempotency key is sent, too, made of the bundle and the number: it holds for a day, and where
   the journal is not at hand.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph_api.client.errors import FileChanged, NotFound, Refused
from graph_api.client.file import File
from graph_api.client.metric import BATCH
from graph_api.client.offline.bundle import Operation, content, identity, operations, renamed
from graph_api.client.offline.errors import BundleDamaged, BundleElsewhere, BundleWaits, NoBundle
from graph_api.client.offline.journal import Journal, ids
from graph_api.client.upload import commit

if TYPE_CHECKING:
    from graph_api.client.client import Client

# What else is said needs nothing but its ids.
_ANSWERS = {
    "addAliases": ("ArtifactPayload", "artifact { id }"),
    "addNote": ("NotePayload", "entity { id }"),
    "addSnapshot": ("DatasetSnapshotPayload", "datasetSnapshot { index }"),
    "finishRun": ("RunPayload", "run { id }"),
    "link": ("LinkPayload", "link { role }"),
    "log": ("RunPayload", "run { id }"),
    "logMetrics": ("RunPayload", "run { id }"),
    "logParameters": ("RunPayload", "run { id }"),
    "registerModel": ("ModelVersionPayload", "modelVersion { index }"),
    "removeAliases": ("ArtifactPayload", "artifact { id }"),
    "updateArtifact": ("ArtifactPayload", "artifact { id }"),
    "use": ("RunPayload", "run { id }"),
}
_OTHERS = frozenset({"find", "heartbeat", "logArtifact", "startRun"})
_KEYED = frozenset({"addNote", "logMetrics"})


@dataclass(frozen=True)
class _Stored:
    """The files of an operation, with their bytes in the bundle."""

    changed: list[File]
    places: dict[str, Path]

    @property
    def removed(self) -> list[str]:
        """Nothing: it begins with no version."""
        return []

    def local(self, path: str) -> Path:
        return self.places[path]


class Replay:
    """One bundle, from where its journal ends."""

    def __init__(self, client: "Client", bundle: Path, journal: Journal) -> None:
        self._client, self._bundle, self._journal = client, bundle, journal
        self.at: Operation | None = None
        """What is being sent."""
        self._points: Counter[str] = Counter()
        """How many values the metrics have by what is done."""
        self._doubt = True
        """Whether the next operation may have taken effect before."""

    def all(self, skip: int | None) -> None:
        """Whatever is not done yet, and the end of a run that did not say it.

        The operation to ``skip`` must be the next one.
        """
        began = last = None
        ended = True
        for operation in operations(self._bundle):
            last = operation
            if operation.verb not in _ANSWERS.keys() | _OTHERS:
                raise NoBundle(
                    self._bundle, f"says {operation.verb!r}, which this client does not know"
                )
            if operation.verb == "startRun":
                began, ended = operation.makes, False
            ended |= operation.verb == "finishRun"
            if operation.verb == "logArtifact" and operation.number > self._journal.done:
                self._check(operation)
        if last is None or (self._journal.synced and self._journal.done == last.number):
            return
        for group in _groups(self._left(skip)):
            self._send(group)
        self.at = None
        if began in self._journal.ids and not ended:
            said = {
                "run": self._journal.ids[str(began)],
                "status": "CRASHED",
                "reason": "Its process ended without saying how.",
                "endedAt": last.at.isoformat(),
            }
            self._client.api.mutate("finishRun", "RunPayload", "run { id }", said)
        self._journal.say({"done": last.number, "synced": True})

    def _left(self, skip: int | None) -> Iterator[Operation]:
        done, first = self._journal.done, True
        for operation in operations(self._bundle):
            if operation.number <= done:
                self._count([operation])
            elif operation.verb == "heartbeat":
                continue
            elif first and operation.number == skip:
                self._journal.say({"done": skip, "skipped": skip})
                self._doubt = False
            else:
                yield operation
            first = first and operation.number <= done

    def _send(self, group: Sequence[Operation]) -> None:
        self.at = group[0]
        try:
            made = self._made(group)
        except Refused:
            if len(group) == 1:
                raise
            # For one of them, as a rule; but what ran out of time may have taken effect.
            for operation in group:
                self._doubt = True
                self._send([operation])
            return
        self._journal.say({"done": group[-1].number, "ids": made})
        self._count(group)
        self._doubt = False

    def _count(self, done: Iterable[Operation]) -> None:
        for operation in done:
            if operation.number not in self._journal.skipped:
                self._points.update(map(_key, operation.input.get("points", ())))

    def _check(self, operation: Operation) -> None:
        for file in operation.input["files"]:
            if file["sha256"]:
                place = content(self._bundle, file["sha256"])
                if not place.is_file():
                    raise BundleDamaged(place, "is missing")
                if place.stat().st_size != file["size"]:
                    raise BundleDamaged(
                        place, f"has {place.stat().st_size:,} bytes, not {file['size']:,}"
                    )

    def _made(self, group: Sequence[Operation]) -> dict[str, str]:
        """What stands for what, after these operations have taken effect once."""
        first = group[0]
        if first.verb == "find":
            return {str(first.makes): self._found(first.input)}
        input = renamed(first.input, self._named)
        key = f"{identity(self._bundle)}/{first.number}-{group[-1].number}"
        match first.verb:
            case "startRun":
                at = first.at.isoformat()
                return {str(first.makes): self._started(input | {"startedAt": at}, key)}
            case "logArtifact":
                return {str(first.makes): self._logged(first.number, input, key)}
            case "finishRun":
                input["endedAt"] = first.at.isoformat()
            case "logMetrics":
                points = [point for it in group for point in it.input["points"]]
                input["points"] = self._missing(input["run"], points)
            case _:
                pass
        if input.get("points") != []:
            keyed = {"idempotencyKey": key} if first.verb in _KEYED else {}
            self._client.api.mutate(first.verb, *_ANSWERS[first.verb], input | keyed)
        return {}

    def _named(self, own: str) -> str:
        if own not in self._journal.ids:
            raise Refused("It names what an operation that was skipped would have made.", "SKIPPED")
        return self._journal.ids[own]

    def _found(self, input: Mapping[str, Any]) -> str:
        if "bundle" not in input:
            named = "{project}/{name}:{version}".format_map(input)
            return self._client.artifact(named).id
        other = self._bundle.parent / input["bundle"]
        found = ids(other).get(input["id"])
        if found is None:
            raise BundleWaits(self._bundle, other)
        return found

    def _started(self, input: dict[str, Any], key: str) -> str:
        keyed = input | {"idempotencyKey": key}
        try:
            run = self._client.api.mutate("startRun", "RunPayload", "run { id status }", keyed)[
                "run"
            ]
        except Refused as refused:
            # The service may have forgotten that this was said before.
            run = self._own(input) if refused.code == "NAME_TAKEN" else None
            if run is None:
                raise
        if run["status"] != "RUNNING":
            raise BundleElsewhere(
                self._bundle, f"has been synced from another copy: its run is {run['status']}"
            )
        if input["resume"]:
            self._journal.say({"points": self._counts(run["id"])})
        return run["id"]

    def _own(self, input: Mapping[str, Any]) -> dict[str, Any] | None:
        """The run of this key, if it began when this one did."""
        document = (
            "query ($project: String, $key: String) "
            "{ run(project: $project, key: $key) { id status startedAt } }"
        )
        named = {"project": input["project"], "key": input["key"]}
        run = self._client.execute(document, named)["run"]
        return run if run and run["startedAt"] == input["startedAt"] else None

    def _missing(self, run: str, points: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The points that the run does not have."""
        if not self._doubt:
            return points
        before = self._points + Counter(self._journal.points)
        extra = {key: count - before[key] for key, count in self._counts(run).items()}
        missing: list[dict[str, Any]] = []
        for point in points:
            key = _key(point)
            if extra.get(key, 0) > 0:
                extra[key] -= 1
            else:
                missing.append(point)
        return missing

    def _counts(self, run: str) -> dict[str, int]:
        document = "query ($id: ID!) { run(id: $id) { metrics { key count } } }"
        metrics = self._client.execute(document, {"id": run})["run"]["metrics"]
        return {metric["key"]: metric["count"] for metric in metrics}

    def _logged(self, number: int, input: dict[str, Any], key: str) -> str:
        files = [File(**file) for file in input.pop("files")]
        places = {it.path: content(self._bundle, it.sha256) for it in files if it.sha256}
        stored = _Stored(files, places)
        draft = self._journal.drafts.get(number)
        if draft is None:
            draft = self._draft(number, input | {"idempotencyKey": key})
        try:
            return self._committed(draft, stored, input["name"])
        except NotFound:
            # It was abandoned for long; or its content was there, which is remembered for an hour.
            if known := self._same(input, stored.changed):
                return known
            return self._committed(self._draft(number, input), stored, input["name"])

    def _draft(self, number: int, input: Mapping[str, Any]) -> str:
        made = self._client.api.mutate("createDraft", "DraftPayload", "artifact { id }", input)
        draft: str = made["artifact"]["id"]
        self._journal.say({"of": number, "draft": draft})
        return draft

    def _committed(self, draft: str, stored: _Stored, title: str) -> str:
        client, selection = self._client, "artifact { id }"
        try:
            done = commit(client.api, client.store, draft, stored, title, selection)
        except FileChanged as changed:
            place = stored.local(changed.path)
            raise BundleDamaged(place, "has other bytes than its name says") from changed
        except Refused as refused:
            if refused.code != "NOT_A_DRAFT":
                raise
            # A commit of it was sent before; it answers the same, unless the version is deleted.
            done = {"artifact": {"id": draft}}
            try:
                sent = {"draft": draft}
                done = client.api.mutate("commitArtifact", "CommitPayload", selection, sent)
            except Refused as again:
                if again.code != "NOT_A_DRAFT":
                    raise
        return done["artifact"]["id"]

    def _same(self, input: Mapping[str, Any], files: list[File]) -> str | None:
        """What the run has logged under this name with just these files."""
        if input["run"] is None or input["version"] or not input["deduplicate"]:
            return None
        wanted = sorted(files, key=lambda file: file.path.encode())
        for made in self._client.run(input["run"]).logged_artifacts():
            if made.name == input["name"] and made.files() == wanted:
                return made.id
        return None


def _groups(said: Iterable[Operation]) -> Iterator[list[Operation]]:
    """The operations in order: values that follow each other in one call, the rest alone."""
    group: list[Operation] = []
    count = 0
    for operation in said:
        size = len(operation.input.get("points", ()))
        if group and (not size or count + size > BATCH):
            yield group
            group, count = [], 0
        if size:
            group.append(operation)
            count += size
        else:
            yield [operation]
    if group:
        yield group


def _key(point: Mapping[str, Any]) -> str:
    """The name of a point's metric, as the service has it."""
    return unicodedata.normalize("NFC", point["key"])
