"""A world in which every list of the schema has items, and all these lists."""

import hashlib
import json
from dataclasses import dataclass

from hypothesis import strategies as st

from graph_api.blobs import BlobStore
from graph_api.graph import Graph
from graph_api.models import manifest
from graph_api.models.artifact import NewArtifact
from graph_api.models.integration import Options
from graph_api.models.manifest import Entry
from graph_api.models.metric import Point
from graph_api.models.policy import Policy
from graph_api.models.run import NewRun
from graph_api.models.viewer import Viewer
from graph_api.services import (
    artifact,
    artifact_collection,
    dataset,
    edge,
    experiment,
    integration,
    job,
    membership,
    metric,
    model,
    note,
    policy,
    project,
    run,
    webhook,
    withdrawal,
)
from graph_api.services.keyring import Keyring
from graph_api.settings import Limits

LIMITS = Limits()
KEYRING = Keyring((bytes(32),), None)
NAMES = ["b", "a b", "\U0001f600", "a", "\uff5e", "ab", "é"]
# With three at which a new page of the manifest begins.
PATHS = sorted(
    NAMES
    + [
        path
        for path in (f"a{number}" for number in range(5_000))
        if int(hashlib.sha256(path.encode()).hexdigest(), 16) % 1024 == 0
    ][:3]
)
POINTS = 300


@dataclass(frozen=True)
class List:
    """A list of the schema: a field with arguments of its own, within others."""

    field: str
    arguments: str = ""
    within: str = "LIST"
    item: str = "... on Node { id }"
    """What tells its items apart."""

    def document(self, *pages: str) -> str:
        """Asks for pages of it, as ``w0``, ``w1`` and so on."""
        fields = (
            f"w{number}: {self.field}({self.arguments} {page}) {{ edges {{ cursor node {{ "
            f"{self.item} }} }} nodes {{ {self.item} }} pageInfo {{ hasNextPage hasPreviousPage "
            "startCursor endCursor } }"
            for number, page in enumerate(pages)
        )
        return "{ " + self.within.replace("LIST", " ".join(fields)) + " }"


def _artifact(name: str) -> str:
    return f'artifact(project: "digits", name: "{name}") {{ LIST }}'


def _run(key: str) -> str:
    return f'run(project: "digits", key: "{key}") {{ LIST }}'


def _metric(key: str) -> str:
    return _run("a").replace("LIST", f'metric(key: "{key}") {{ LIST }}')


def _named(kind: str, name: str) -> str:
    return f'{kind}(project: "digits", name: "{name}") {{ LIST }}'


def _only(whole: List, key: str = "name", values: list[str] = NAMES) -> st.SearchStrategy[List]:
    """The list of those of which a key is one of some."""
    return st.sets(st.sampled_from(values)).map(
        lambda some: List(
            whole.field,
            f"{whole.arguments}, where: {{{key}: {{in: {json.dumps(sorted(some))}}}}}",
            whole.within,
            whole.item,
        )
    )


def _one_of(*lists: List) -> st.SearchStrategy[List]:
    return st.sampled_from(lists)


_DIGITS = 'project: "digits"'
_BY_NAME = "orderBy: {field: NAME}"
_DOWN = "orderBy: {direction: DESC}"
_DOWN_BY_NAME = "orderBy: {field: NAME, direction: DESC}"
_IN_PROJECT = 'project(name: "digits") { LIST }'
_OUTER = "entity { id }"
_USED_BY = [List("usedBy", "", _artifact(name)) for name in NAMES]
_PRODUCERS = [List("producers", "", _artifact(name)) for name in NAMES]
_USED = [List("used", "", _run(name), _OUTER) for name in NAMES]
_LOGGED = [List("logged", "", _run(name), _OUTER) for name in NAMES]
_PERIOD = "since until artifact { id }"
_LINK = "role source { id } target { id }"
_FLOW = List("nodes", "", _artifact("a").replace("LIST", "downstream { LIST }"))
_WORD = List("search", 'text: "word"', "LIST", "matched " + _OUTER)
_SEARCHES = [
    List("search", f'text: "word", kinds: [{kinds}]', "LIST", _WORD.item)
    for kinds in ("MODEL", "EXPERIMENT, DATASET", "PROJECT", "")
]
_FLOWS = [
    List("nodes", "", _FLOW.within.replace("downstream", f"downstream({limits})"))
    for limits in ("depth: 0", "depth: 1", "limit: 5", "where: {showOnly: {kinds: [ARTIFACT]}}")
]


def _containing(content: bytes) -> List:
    return List("containing", f'digest: "{hashlib.sha256(content).hexdigest()}"')


LISTS: dict[str, tuple[List, st.SearchStrategy[List]]] = {
    "projects": (List("projects"), _only(List("projects"))),
    "the projects of the organization": (
        whole := List("projects", _DOWN_BY_NAME, "organization { LIST }"),
        _only(whole),
    ),
    "changes": (
        whole := List("changes", "", "organization { LIST }", "seq hash"),
        _one_of(whole),
    ),
    **{
        f"{field} {order}": (whole := List(field, f"{_DIGITS}, {order}"), _only(whole))
        for field, order in (
            ("artifactCollections", _BY_NAME),
            ("artifacts", _DOWN),
            ("experiments", _DOWN_BY_NAME),
            ("runs", _DOWN_BY_NAME),
            ("models", _BY_NAME),
            ("datasets", _DOWN),
        )
    },
    "the versions of a collection": (
        whole := List("artifacts", _DOWN, _named("artifactCollection", "many")),
        _only(whole, "version", [f"v{number}" for number in range(7)]),
    ),
    "the runs of an experiment": (
        whole := List("runs", _BY_NAME, _named("experiment", "a")),
        _only(whole),
    ),
    "the runs of a project": (whole := List("runs", "", _IN_PROJECT), _only(whole)),
    "usedBy": (_USED_BY[0], _one_of(*_USED_BY)),
    "producers": (_PRODUCERS[0], _one_of(*_PRODUCERS)),
    "used": (_USED[0], _one_of(*_USED)),
    "logged": (_LOGGED[0], _one_of(*_LOGGED)),
    "links out": (whole := List("links", "", _artifact("a"), _LINK), _one_of(whole)),
    "links in": (
        whole := List("links", "direction: IN", _named("model", "a"), _LINK),
        _one_of(whole),
    ),
    "versions": (
        whole := List("versions", "", _named("model", "a"), "index artifact { id }"),
        _one_of(List("versions", "", _named("model", "b"), whole.item), whole),
    ),
    "withdrawals": (
        whole := List("withdrawals", "", "LIST", "reason entity { id }"),
        _one_of(whole),
    ),
    "policy violations": (
        whole := List(
            "violations",
            "",
            _artifact("a").replace("LIST", "policyCheck { LIST }"),
            "value entity { id }",
        ),
        _one_of(whole),
    ),
    "notes": (
        whole := List("notes", "", _named("model", "a"), "text"),
        _one_of(whole, List("notes", 'key: "k"', whole.within, whole.item)),
    ),
    "history": (
        whole := List("history", "", _named("model", "a"), "change { seq } overwritten { field }"),
        _one_of(whole),
    ),
    "alias history": (
        whole := List("aliasHistory", 'alias: "x"', _named("artifactCollection", "many"), _PERIOD),
        _one_of(whole),
    ),
    "stage history": (
        whole := List("stageHistory", "", _named("model", "a"), "index stage " + _PERIOD),
        _one_of(
            whole,
            List("stageHistory", 'stage: "STAGING"', whole.within, whole.item),
            List("stageHistory", "index: 0", whole.within, whole.item),
        ),
    ),
    "snapshots": (
        whole := List("snapshots", "", _named("dataset", "a"), "index artifact { id }"),
        _one_of(List("snapshots", "", _named("dataset", "b"), whole.item), whole),
    ),
    "files": (
        whole := List("files", "", _artifact("files"), "path"),
        _one_of(List("files", "", _artifact("some files"), "path"), whole),
    ),
    "fitting files": (
        whole := List("files", 'glob: "**"', _artifact("files"), "path"),
        _one_of(whole, List("files", 'glob: "a*"', _artifact("files"), "path")),
    ),
    "differences": (
        whole := List("diff", "", _artifact("differing"), "path change"),
        _one_of(whole),
    ),
    "integrations": (whole := List("integrations", "", _IN_PROJECT, "name"), _one_of(whole)),
    "webhooks": (whole := List("webhooks", "", _IN_PROJECT), _one_of(whole)),
    "jobs": (whole := List("jobs", "", _IN_PROJECT), _one_of(whole)),
    "containing": (_containing(b"all"), _one_of(_containing(b"all"), _containing(b"some"))),
    "search": (_WORD, _one_of(_WORD, *_SEARCHES)),
    "lineage nodes": (_FLOW, _one_of(_FLOW, *_FLOWS)),
    "reached models": (
        whole := List("models", "", _FLOW.within, "model { id } version { index artifact { id } }"),
        _one_of(whole, List("models", "", _FLOWS[1].within, whole.item)),
    ),
    "points": (
        whole := List("allPoints", "", _metric("k"), "step"),
        _one_of(whole, List("allPoints", "", _metric("short"), "step")),
    ),
}


async def fill(graph: Graph, blobs: BlobStore, viewer: Viewer) -> None:
    """Make the world."""

    async def log(name: str, *paths: str) -> str:
        new = NewArtifact(project="digits", name=name, type="dataset")
        files = [
            artifact.Given(entry=Entry(path=path, size=None, reference="s3://b/k"), content=None)
            for path in paths
        ]
        return (await artifact.log(graph, blobs, viewer, LIMITS, new, files)).id

    for number, name in enumerate(NAMES):
        new = NewArtifact(project="digits", name=f"has {name}", type="dataset")
        contents = [b"all", b"some"] if number % 3 else [b"all"]
        files = [
            artifact.Given(entry=Entry(path=f"{place} {name}", size=None), content=content)
            for place, content in enumerate(contents)
        ]
        await artifact.log(graph, blobs, viewer, LIMITS, new, files)
    for name in NAMES:
        # Some are renamed, so that they lie elsewhere by name than by age.
        id = await project.create(graph, viewer, LIMITS, f"before {name}")
        await project.update(graph, viewer, LIMITS, id, name=name)
    versions = [await log(name, name) for name in NAMES]
    for number in range(5):
        made = await log("many", str(number))
        await artifact.add_aliases(graph, viewer, LIMITS, made, ["x"])
    await log("files", *PATHS)
    await log("some files", *PATHS[::2])
    await log("differing", *PATHS[::3])
    await log("differing", *PATHS[1::2])
    assert len(list(manifest.pages([Entry(path=path, size=None) for path in PATHS]))) == 4
    for number, name in enumerate(NAMES):
        # What is first has all, the next every other, and so on.
        some = versions[:: number + 1] if number < 5 else []
        new = NewRun(project="digits", experiment="a", key=name, name=name, used=tuple(some))
        started = await run.start(graph, viewer, LIMITS, new)
        if some:
            await run.log(graph, viewer, started.id, some[::-1])
        points = [Point(key="short", value=1.0, step=step) for step in range(3)]
        points += [Point(key="k", value=1.0, step=step) for step in range(POINTS)]
        if name == "a":
            await metric.log(graph, viewer, LIMITS, started.id, points)
    for name in NAMES:
        told = {"description": "A word"} if name > "b" else {}
        for kind in (experiment, model, dataset):
            await kind.create(graph, viewer, LIMITS, "digits", name, exists_ok=True, **told)
    for made in (experiment.create, model.create, dataset.create):
        await made(graph, viewer, LIMITS, "digits", "word")
    scope = await project.scope(graph, viewer, "digits")
    targets = {
        name: found.id
        for name in NAMES
        if (found := await model.by_name(graph, viewer, scope.id, name))
    }
    first = versions[NAMES.index("a")]
    for role in ("\uff5e", "\U0001f600", "a"):
        for source in (first, versions[0]):
            await edge.link(graph, viewer, LIMITS, source, targets["a"], role)
    for name in ("b", "é"):
        await edge.link(graph, viewer, LIMITS, first, targets[name], "input")
    for name, members in (("a", versions), ("b", versions[::3])):
        for id in members:
            await membership.register(graph, viewer, LIMITS, "digits", name, id, "STAGING")
            await membership.snapshot(graph, viewer, LIMITS, "digits", name, id)
    for number in range(7):
        key = "k" if number % 2 else None
        await note.add(graph, viewer, LIMITS, targets["a"], f"{number}", key)
    for id in versions[::2]:
        await membership.register(graph, viewer, LIMITS, "digits", "a", id, "PRODUCTION")
    for number, name in enumerate(NAMES):
        options = Options.checked("bucket", f"{number}/", None, "us-east-1", "access", "secret")
        await integration.create(graph, KEYRING, viewer, LIMITS, "digits", name, options)
        await job.verify_artifact(graph, viewer, versions[number])
        await withdrawal.withdraw(graph, viewer, versions[number], f"{number}")
        await webhook.create(
            graph, KEYRING, viewer, LIMITS, "digits", "https://h.test/", ["artifact.committed"]
        )
    rules = Policy(allowed_licenses=("MIT",))
    await policy.set_policy(graph, viewer, LIMITS, "digits", rules)
    assert await artifact_collection.by_name(graph, viewer, scope.id, "many")
