"""Runs: what used and logged things."""

import pickle
import traceback
import warnings
from collections.abc import Iterable, Mapping
from copy import deepcopy
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from graph_api.client import metric
from graph_api.client.artifact import Artifact
from graph_api.client.entity import Entity
from graph_api.client.errors import BadArgument, GraphApiError
from graph_api.client.metric import Metric, MetricPoint
from graph_api.client.objects import PICKLE, model_name
from graph_api.client.records import ARTIFACT, RUN, RunRecord

if TYPE_CHECKING:
    from graph_api.client.client import Client

_LONGEST_REASON = 4000


class Run(Entity):
    """One execution. As a context manager it ends with the block.

    A normal end makes it COMPLETED, an exception FAILED with its text as the reason, Ctrl-C
    KILLED; the exception goes on. A process that dies without any of these is not heard of any
    more: after 5 minutes the service takes the run for CRASHED. So it is with SIGTERM, unless the
    program makes an exception of it: a library should not take over signals.
    """

    def __init__(self, client: "Client", data: Mapping[str, Any]) -> None:
        self._client = client
        self.record = RunRecord.of(data)
        """All that was read of the run: ``number``, ``created_at``, ``ended_at`` and so on."""

    @property
    def client(self) -> "Client":
        return self._client

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def key(self) -> str:
        return self.record.key

    @property
    def name(self) -> str:
        return self.record.name

    @property
    def project(self) -> str:
        return self.record.project

    @property
    def experiment(self) -> str | None:
        return self.record.experiment

    @property
    def status(self) -> str:
        """RUNNING, COMPLETED, FAILED, KILLED or CRASHED, as far as this object knows."""
        return self.record.status

    @property
    def reason(self) -> str | None:
        """Why it failed."""
        return self.record.reason

    @property
    def parameters(self) -> dict[str, Any]:
        return dict(self.record.parameters)

    def to_json(self) -> dict[str, Any]:
        return deepcopy(self.record.json)

    def use_artifact(self, artifact: "str | Artifact") -> Artifact:
        """Say that the run uses the artifact (``name:alias``, an id, …), and return it."""
        found = self._client.artifact(artifact) if isinstance(artifact, str) else artifact
        self.use(found)
        return found

    def use(self, *entities: Entity) -> None:
        """Say that the run uses these; a model or dataset stands for its current version."""
        ids = [entity.id for entity in entities]
        self._changed("use", {"run": self.id, "entities": ids})

    def log_artifact(
        self,
        artifact: Artifact,
        aliases: Iterable[str] = (),
        tags: Iterable[str] = (),
        *,
        deduplicate: bool = True,
    ) -> Artifact:
        """Log the draft as made by this run and return it, COMMITTED.

        If the latest version has exactly this content, it becomes that one (``created`` is
        False), unless ``deduplicate`` is off. An artifact that is logged already is only said to
        have been made by this run, too.
        """
        if artifact.state != "PENDING":
            self._changed("log", {"run": self.id, "entities": [artifact.id]})
            return artifact
        return artifact.log(
            self._client,
            run_id=self.id,
            project=self.project,
            aliases=aliases,
            tags=tags,
            deduplicate=deduplicate,
        )

    def log_model(
        self,
        model: object,
        name: str,
        metadata: Mapping[str, Any] | None = None,
        *,
        serializer: Literal["pickle"] | None = None,
        stage: str | None = None,
        aliases: Iterable[str] = (),
    ) -> Artifact:
        """Save a model, log it as an artifact and register it.

        Artifact (of type ``model``) and registered model are both called ``name``. A dict of
        tensors becomes ``model.safetensors``, an ONNX model ``model.onnx`` and all else
        ``model.skops``; ``serializer="pickle"`` saves anything, as ``model.pkl``, which
        ``load_model`` loads only for who trusts it.
        """
        if serializer not in (None, "pickle"):
            raise BadArgument(f"serializer is 'pickle' or left out, not {serializer!r}.")
        artifact = Artifact(name, "model", metadata=metadata)
        if serializer == "pickle":
            artifact.add(pickle.dumps(model), f"model{PICKLE}")
        else:
            artifact.add_object(model, model_name(model))
        logged = self.log_artifact(artifact, aliases)
        self._client.register_model(name, logged, stage=stage, project=self.project)
        return logged

    def log_metric(self, key: str, value: Any, step: int | None = None) -> Self:
        """Add a value (any JSON value; NaN and infinities too) to the metric."""
        return self.log_metrics({key: value}, step)

    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> Self:
        """Add a value to each of several metrics, at once."""
        metric.log(self._client.api, self.id, ((key, metrics[key], step) for key in metrics))
        return self

    def log_series(
        self, key: str, values: Iterable[Any], steps: Iterable[int] | None = None
    ) -> None:
        """Add many values to one metric, 10,000 per request; without ``steps`` they count on."""
        if steps is None:
            points = ((key, value, None) for value in values)
        else:
            points = ((key, value, step) for value, step in zip(values, steps, strict=True))
        metric.log(self._client.api, self.id, points)

    def log_parameter(self, key: str, value: str | float | bool | None) -> Self:
        """Set a parameter."""
        return self.log_parameters({key: value})

    def log_parameters(self, parameters: Mapping[str, str | float | bool | None]) -> Self:
        """Set several parameters at once; each is a string, number, boolean or None."""
        given = checked_parameters(parameters)
        self._changed("logParameters", {"run": self.id, "parameters": given})
        return self

    def metrics(self) -> dict[str, Metric]:
        """Every metric as it is now, by key."""
        return metric.metrics(self._client.api, self.id)

    def metric(self, key: str, max_points: int | None = None) -> list[MetricPoint]:
        """The values of one metric, in order: all, or so few; none if it was never logged.

        Thinned (to 4 … 10,000), it keeps the first, the last, the least and the greatest of every
        part, and is read in one request however long it is.
        """
        if max_points is not None:
            return metric.thinned(self._client.api, self.id, key, max_points)
        return list(metric.points(self._client.api, self.id, key))

    def used_artifacts(self) -> list[Artifact]:
        """The artifacts that the run used."""
        return self._artifacts("used")

    def logged_artifacts(self) -> list[Artifact]:
        """The artifacts that the run logged."""
        return self._artifacts("logged")

    def complete(self) -> Self:
        """End the run well."""
        return self._finish("COMPLETED", None)

    def fail(self, reason: str | None = None) -> Self:
        """End the run badly."""
        return self._finish("FAILED", reason)

    def kill(self, reason: str | None = None) -> Self:
        """Say that the run was stopped from outside."""
        return self._finish("KILLED", reason)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        if self.status != "RUNNING":
            return
        if error is None or (isinstance(error, SystemExit) and not error.code):
            self.complete()
            return
        text = "".join(traceback.format_exception_only(error)).strip()[:_LONGEST_REASON]
        try:
            if isinstance(error, KeyboardInterrupt):
                self.kill(text)
            else:
                self.fail(text)
        except GraphApiError as unsaid:
            # The user's own exception matters more than that nobody could be told.
            warnings.warn(f"{self} could not be ended: {unsaid}", RuntimeWarning, stacklevel=2)

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<Run {self.name} {self.status}>"

    def _finish(self, status: str, reason: str | None) -> Self:
        # Even where nobody can be told: without heartbeats the service will see that it is over.
        self._client.heartbeats.end(self.id)
        self._changed("finishRun", {"run": self.id, "status": status, "reason": reason})
        return self

    def _changed(self, verb: str, input: Mapping[str, Any]) -> None:
        answer = self._client.api.mutate(verb, "RunPayload", f"run {{ {RUN} }}", input)
        self.record = RunRecord.of(answer["run"])

    def _artifacts(self, field: str) -> list[Artifact]:
        document = (
            "query ($id: ID!, $first: Int, $after: String) { run(id: $id) { "
            f"{field}(first: $first, after: $after) {{ nodes {{ entity {{ "
            f"... on Artifact {{ {ARTIFACT} }} }} }} "
            "pageInfo { hasNextPage endCursor } } } }"
        )
        pages = self._client.api.pages(document, {"id": self.id}, "run", field)
        found = [node["entity"] for page in pages for node in page["nodes"]]
        return [Artifact.of(self._client, entity) for entity in found if entity]


def checked_parameters(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as JSON has them; :class:`BadArgument` where one is no scalar."""
    given = {key: metric.as_json(value) for key, value in parameters.items()}
    for key, value in given.items():
        if value is not None and not isinstance(value, (str, int, float, bool)):
            raise BadArgument(
                f"The parameter {key!r} is of type {type(value).__name__}, not a string, number, "
                "boolean or None.",
                "Log its parts one by one, or as metadata of an artifact.",
            )
    return given
