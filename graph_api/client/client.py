"""The way in: a connection to one service, usually for one project."""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from graph_api.client import deletion, storage
from graph_api.client import job as jobs
from graph_api.client.artifact import Artifact
from graph_api.client.as_of import AsOf
from graph_api.client.collection import COLLECTION, Collection
from graph_api.client.containing import Containing
from graph_api.client.dataset import SNAPSHOT, Dataset, Snapshot
from graph_api.client.deletion import DeletePlan
from graph_api.client.entity import Entity
from graph_api.client.errors import BadArgument, NotFound
from graph_api.client.hit import SEARCH, Hit
from graph_api.client.integration import Integrations
from graph_api.client.job import Job
from graph_api.client.lineage_questions import LineageQuestions
from graph_api.client.lookup import listed, named_artifact, one
from graph_api.client.metadata import checked_metadata
from graph_api.client.model import VERSION, Model, ModelVersion
from graph_api.client.objects import model_path
from graph_api.client.offline import Synced, sync
from graph_api.client.policy import Policies
from graph_api.client.readable import PathLike
from graph_api.client.records import ARTIFACT, NAMED, RUN
from graph_api.client.reference import is_id
from graph_api.client.run import Run, checked_parameters
from graph_api.client.storage import Storage
from graph_api.client.webhook import Webhooks

_KINDS = {
    "Artifact": Artifact.of,
    "Run": Run,
    "Model": Model,
    "Dataset": Dataset,
    "ArtifactCollection": Collection,
    "Job": Job,
}


class Client(LineageQuestions):
    """A connection to a service; safe to share between threads.

    What is not given is read from ``GRAPH_API_URL`` (default ``http://localhost:8000``),
    ``GRAPH_API_KEY`` and ``GRAPH_API_PROJECT``. Projects are made at the first write.

    ``offline`` is a folder (or ``GRAPH_API_CLIENT_OFFLINE`` names one; False says that none is):
    what is said lies there, without the service, until :meth:`sync` or ``graph-api sync``.
    """

    def start_run(
        self,
        experiment: str | None = None,
        *,
        key: str | None = None,
        name: str | None = None,
        used: Iterable[str | Entity] = (),
        parameters: Mapping[str, str | float | bool | None] | None = None,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        create_experiment: bool = True,
        resume: bool = False,
        project: str | None = None,
    ) -> Run:
        """Start a run, best in a ``with`` block; until it ends, heartbeats tell that it goes on.

        ``key`` is a name of your own for this execution, unique in the project: with ``resume``
        a run of that key goes on, without it a second one is refused. The experiment is made if
        it is new, and under a random name if none is given, unless ``create_experiment`` is off or
        a run may go on, which keeps its own.
        """
        if experiment is None and create_experiment and not resume:
            experiment = f"experiment-{secrets.token_hex(4)}"
        answer = self.api.mutate(
            "startRun",
            "RunPayload",
            f"run {{ {RUN} }}",
            {
                "project": self.named_project(project),
                "experiment": experiment,
                "createExperiment": create_experiment,
                "key": key,
                "name": name,
                "description": description,
                "metadata": checked_metadata(metadata),
                "parameters": checked_parameters(parameters or {}),
                "used": [self.resolve(thing) for thing in used],
                "resume": resume,
                "heartbeats": True,
            },
        )
        run = self.run_of(answer["run"])
        self.heartbeats.begin(run.id)
        return run

    def artifact(self, reference: str, *, as_of: AsOf | None = None) -> Artifact:
        """The version that the reference names; NotFound if there is none.

        It is ``name:version``, ``name:alias``, ``project/name:…``, ``name`` (its latest) or an id.
        ``as_of`` is an earlier moment: the version that was meant then, as it is now. Offline it is
        what the client's folder has under it, else whatever the sync will find.
        """
        if self._recorder is not None and as_of is None:
            return self._recorder.artifact(self, reference)
        return Artifact.of(self, named_artifact(self, reference, as_of))

    def artifacts(
        self,
        collection: str | None = None,
        *,
        where: Mapping[str, Any] | None = None,
        order_by: Mapping[str, str] | None = None,
        deleted: bool = False,
        project: str | None = None,
    ) -> Iterator[Artifact]:
        """The project's artifacts, or the versions of one name, page by page as you go.

        ``where`` and ``order_by`` are as in GraphQL: ``{"metadata": [{"path": "lr", "gt": 0.1}]}``,
        ``{"field": "NAME", "direction": "DESC"}``. The pages show what was there at the first.
        ``deleted`` ones are left out, unless this says otherwise.
        """
        own = f"collection: $within, deleted: {str(deleted).lower()}"
        for node in listed(
            self, "artifacts", "ArtifactWhere", ARTIFACT, own, collection, where, order_by, project
        ):
            yield Artifact.of(self, node)

    def containing(self, content: Path | str) -> Containing:
        """Every version, of any project, with the bytes of this local file (a Path) or SHA-256."""
        return Containing(self, content)

    def collection(self, name: str, *, project: str | None = None) -> Collection:
        """The artifact collection of that name or id; NotFound if there is none."""
        return Collection(self, one(self, "artifactCollection", COLLECTION, name, project))

    def expected_type(self, name: str, *, project: str | None = None) -> str | None:
        """The type that all versions of this name have; None while there are none."""
        try:
            return self.collection(name, project=project).type
        except NotFound:
            return None

    def storage(self, *, project: str | None = None) -> Storage:
        """The bytes that the versions of a project hold in the store."""
        return storage.of_project(self, self.named_project(project))

    def log_artifact(
        self,
        artifact: Artifact,
        aliases: Iterable[str] = (),
        tags: Iterable[str] = (),
        *,
        deduplicate: bool = True,
        project: str | None = None,
    ) -> Artifact:
        """Log a draft outside of any run and return it, COMMITTED."""
        return artifact.log(
            self, project=project, aliases=aliases, tags=tags, deduplicate=deduplicate
        )

    def delete_plan(self, *artifacts: str | Artifact) -> DeletePlan:
        """What it would mean to delete these versions together; changes nothing."""
        return deletion.plan(self, map(self.resolve, artifacts))

    def delete(self, *artifacts: str | Artifact, force: bool = False) -> DeletePlan:
        """Delete these versions together, or none of them: see :meth:`Artifact.delete`.

        They are at most 1,000. What is deleted already stays as it is.
        """
        return deletion.delete(self, map(self.resolve, artifacts), force=force)

    def restore(self, *artifacts: str | Artifact) -> list[Artifact]:
        """Take these deleted versions back, or none of them: see :meth:`Artifact.restore`."""
        return deletion.restore(self, map(self.resolve, artifacts))

    @property
    def integrations(self) -> Integrations:
        """The credentials that are stored for the references of a project."""
        return Integrations(self)

    @property
    def webhooks(self) -> Webhooks:
        """The addresses that are told what happens in a project."""
        return Webhooks(self)

    @property
    def policies(self) -> Policies:
        """What projects ask of the versions that are promoted in them."""
        return Policies(self)

    def job(self, id: str) -> Job:
        """The job of that id; NotFound if there is none, as a month after its end."""
        return jobs.one(self, id)

    def jobs(self, *, project: str | None = None) -> Iterator[Job]:
        """The jobs of a project, the newest first, page by page as you go."""
        return jobs.listed(self, self.named_project(project))

    def run(self, key: str, *, project: str | None = None) -> Run:
        """The run of that key or id; NotFound if there is none."""
        return self.run_of(one(self, "run", RUN, key, project, by="key"))

    def runs(
        self,
        experiment: str | None = None,
        *,
        where: Mapping[str, Any] | None = None,
        order_by: Mapping[str, str] | None = None,
        project: str | None = None,
    ) -> Iterator[Run]:
        """The project's runs, or those of one experiment, page by page as you go.

        ``where`` and ``order_by`` are as in GraphQL: ``{"status": {"eq": "FAILED"}}``,
        ``{"field": "CREATED", "direction": "DESC"}``. The pages show what was there at the first.
        """
        own = "experiment: $within"
        for node in listed(
            self, "runs", "RunWhere", RUN, own, experiment, where, order_by, project
        ):
            yield self.run_of(node)

    def model(self, name: str, *, project: str | None = None) -> Model:
        """The registered model of that name or id; NotFound if there is none."""
        return Model(self, one(self, "model", NAMED, name, project))

    def dataset(self, name: str, *, project: str | None = None) -> Dataset:
        """The dataset of that name or id; NotFound if there is none."""
        return Dataset(self, one(self, "dataset", NAMED, name, project))

    def register_model(
        self, name: str, artifact: Artifact, *, stage: str | None = None, project: str | None = None
    ) -> ModelVersion:
        """Make the artifact the next version of the model, which is made if it is new.

        An artifact that is a version already keeps its index, and moves to the stage if one is
        given. A new one without a stage is in NONE.
        """
        answer = self.api.mutate(
            "registerModel",
            "ModelVersionPayload",
            f"modelVersion {{ {VERSION} }}",
            {
                "project": self.named_project(project),
                "model": name,
                "artifact": artifact.id,
                "stage": stage,
            },
        )
        return ModelVersion.of(self, answer["modelVersion"])

    def add_snapshot(
        self, name: str, artifact: Artifact, *, project: str | None = None
    ) -> Snapshot:
        """Make the artifact the next snapshot of the dataset, which is made if it is new."""
        answer = self.api.mutate(
            "addSnapshot",
            "DatasetSnapshotPayload",
            f"datasetSnapshot {{ {SNAPSHOT} }}",
            {"project": self.named_project(project), "dataset": name, "artifact": artifact.id},
        )
        return Snapshot.of(self, answer["datasetSnapshot"])

    def load_model(
        self,
        name: str,
        version: int | None = None,
        stage: str | None = None,
        *,
        trusted: Sequence[str] = (),
        trust_pickle: bool = False,
        project: str | None = None,
    ) -> Any:
        """The model that ``run.log_model`` saved, or that is the artifact's only one.

        It is that of the version, of the newest in the stage, or of the newest. ``trusted`` and
        ``trust_pickle`` are those of ``artifact.get``.
        """
        if version is not None and stage is not None:
            raise BadArgument("A version and a stage exclude each other; name one of them.")
        self.named_project(project)
        artifact = self.model(name, project=project).version(version, stage).artifact
        path = model_path(str(artifact), (file.path for file in artifact.files()))
        return artifact.get(path, trusted=trusted, trust_pickle=trust_pickle)

    def search(
        self, text: str, kinds: Sequence[str] | None = None, *, project: str | None = None
    ) -> Iterator[Hit]:
        """What has every word of the text, the best first, page by page as you go.

        Words count whole or as beginnings, in names, keys, versions, aliases, tags, descriptions;
        an id or a digest (8 digits will do) finds what it is of. All projects are searched, unless
        one is named. ``kinds`` are ARTIFACT, RUN and so on.
        """
        variables = {"text": text, "kinds": kinds, "project": project}
        for page in self.api.pages(SEARCH, variables, "search"):
            yield from (Hit.of(node) for node in page["nodes"])

    def sync(
        self, folder: PathLike, *, remove: bool = False, skip: int | None = None
    ) -> list[Synced]:
        """Send what was logged offline into a folder (or a bundle in it), each thing once.

        Those that were sent go with ``remove``. ``skip`` is the operation that one stopped at.
        """
        return sync(self, Path(folder), remove=remove, skip=skip)

    def resolve(self, thing: str | Entity) -> str:
        """The id of an object, of an id itself, or of the artifact that a reference names."""
        if isinstance(thing, Entity):
            return thing.id
        return thing if is_id(thing) else self.artifact(thing).id

    def from_json(self, data: Mapping[str, Any]) -> Entity | Job:
        """The artifact, run, model, dataset, collection or job of which ``to_json`` gave this.

        Nothing is asked of the service, and the object is as it was then. What it does goes by its
        id, and by the rights of this client. BadArgument for anything else.
        """
        try:
            return _KINDS[data["__typename"]](self, deepcopy(data))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise BadArgument(f"That is nothing that to_json() gave ({error!r}).") from error

    def run_of(self, data: Mapping[str, Any]) -> Run:
        """The run that GraphQL describes."""
        return Run(self, data)
