"""Worlds of several projects, drawn by Hypothesis and written by the services."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from hypothesis import strategies as st

from graph_api.errors import NameTaken, WouldCloseCycle
from graph_api.models.artifact import Committed, NewArtifact
from graph_api.models.manifest import Entry
from graph_api.models.run import NewRun
from graph_api.models.viewer import Viewer
from graph_api.services import (
    artifact,
    artifact_collection,
    dataset,
    edge,
    membership,
    model,
    project,
    run,
)
from graph_api.services.artifact import Given
from graph_api.services.stores import Stores
from graph_api.settings import Limits

LIMITS = Limits()
PROJECTS = ("north", "south", "west")
CONTENTS = (b"one", b"two", b"three")
WORDS = ("amber", "birch", "cedar")

What = Literal["version", "again", "run", "use", "log", "member", "link", "rename", "move"]
Step = tuple[What, int, int, int]
WHAT: tuple[What, ...] = ("version", "version", "run", "use", "use", "log", "member", "link")
STEPS = st.lists(
    st.tuples(st.sampled_from((*WHAT, "again", "rename", "move")), *[st.integers(0, 31)] * 3),
    min_size=6,
    max_size=14,
)


def given(content: bytes) -> list[Given]:
    """One file of this content."""
    sha256 = hashlib.sha256(content).hexdigest()
    return [Given(entry=Entry(path="a", size=len(content), sha256=sha256), content=content)]


@dataclass
class Builder:
    """Someone who sees all, and what they have made by kind."""

    stores: Stores
    viewer: Viewer
    made: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    newest: dict[tuple[str, str], tuple[str, bytes]] = field(
        default_factory=dict[tuple[str, str], tuple[str, bytes]]
    )
    """The latest version by the names of its project and its collection, and its content."""

    async def build(self, steps: list[Step], rich: str | None = None) -> None:
        """In each project a version, a run, a model and a dataset, in one some more; the steps.

        Whatever is hidden, something visible was logged by a hidden run first, and some run used
        a hidden version through a model that is visible. The content of every version was logged
        again by a run of another project.
        """
        count = len(PROJECTS)
        for number in range(count):
            await self.step(("version", number, 2 * number, number))
            await self.step(("run", number, number, number))
            await self._containers(number)
        for number in range(count):
            following = (number + 1) % count
            await self.step(("log", following, number, 0))
            await self.step(("log", number, number, 0))
            await self.step(("member", 2 * number, following, 0))
            await self.step(("use", number, 2 * count + number, 0))
            await self.step(("again", number, (number + 2) % count, number))
        if rich:
            # Its lists have more than two pages.
            at = PROJECTS.index(rich)
            for name in (at, at + 1):
                await self.step(("version", at, 2 * name, name + 1))
                await self.step(("run", at, at, name + 1))
        for step in steps:
            await self.step(step)

    async def step(self, step: Step) -> None:
        """Write one thing; a link that would close a cycle is not drawn."""
        graph, viewer = self.stores.graph, self.viewer
        what, a, b, c = step
        runs, versions = self.made.get("run", []), self.made.get("version", [])
        containers, project_name = self.made.get("container", []), PROJECTS[a % 3]
        anything = [*versions, *runs, *containers]
        match what:
            case "version":
                by = runs[b % len(runs)] if runs and b % 2 else None
                content, word = CONTENTS[c % 3], WORDS[c % 3]
                await self._log(project_name, WORDS[b % 3], content, word, by)
            case "again":
                (of, name), (id, content) = [*self.newest.items()][a % len(self.newest)]
                made = await self._log(of, name, content, WORDS[c % 3], runs[b % len(runs)])
                assert made == Committed(id=id, created=False)
            case "run":
                used = (versions[b % len(versions)],)
                new_run = NewRun(project=project_name, name=WORDS[c % 3], used=used)
                self._add("run", (await run.start(graph, viewer, LIMITS, new_run)).id)
            case "use":
                # One that has no member cannot be used.
                used_by = runs[a % len(runs)]
                members = self.made.get("joined", [])
                things = [*versions, *runs, *members]
                await run.use(graph, viewer, used_by, [things[b % len(things)]])
            case "log":
                await run.log(graph, viewer, runs[a % len(runs)], [anything[b % len(anything)]])
            case "member":
                id = containers[a % len(containers)]
                role: Any = "version" if id.startswith("model") else "snapshot"
                member = versions[b % len(versions)]
                await membership.add(graph, viewer, LIMITS, id, member, role, None)
                self._add("joined", id)
            case "link":
                source, target = anything[a % len(anything)], anything[b % len(anything)]
                with suppress(WouldCloseCycle):
                    await edge.link(graph, viewer, LIMITS, source, target, WORDS[c % 3])
            case "rename":
                id, name = (*runs, *containers)[a % (len(runs) + len(containers))], WORDS[b % 3]
                services = {"run": run, "model": model, "dataset": dataset}
                with suppress(NameTaken):
                    await services[id.partition("_")[0]].update(
                        graph, viewer, LIMITS, id, name=f"{name} {c}"
                    )

            case "move":
                (of, name), known = [*self.newest.items()][a % len(self.newest)]
                version = await artifact.checked(graph, viewer, known[0])
                to = PROJECTS[b % 3]
                with suppress(NameTaken):
                    await artifact_collection.move(graph, viewer, version.collection_id, to)
                    del self.newest[of, name]
                    self.newest[to, name] = known

    async def _log(
        self, project_name: str, name: str, content: bytes, word: str, run_id: str | None
    ) -> Committed:
        new = NewArtifact.model_validate(
            {"project": project_name, "name": name, "type": "dataset", "run_id": run_id}
            | {"description": word, "tags": [word], "aliases": [f"is-{word}"]}
        )
        graph, blobs = self.stores.graph, self.stores.blobs
        made = await artifact.log(graph, blobs, self.viewer, LIMITS, new, given(content))
        self._add("version", made.id)
        self.newest[project_name, name] = made.id, content
        return made

    async def _containers(self, number: int) -> None:
        for made in (model.create, dataset.create):
            graph, viewer = self.stores.graph, self.viewer
            name = f"{WORDS[number]} {PROJECTS[number]}"
            self._add("container", await made(graph, viewer, LIMITS, PROJECTS[number], name))

    def _add(self, kind: str, id: str) -> None:
        if id not in self.made.setdefault(kind, []):
            self.made[kind].append(id)

    async def projects(self) -> dict[str, str]:
        """The ids of the projects by name."""
        graph, viewer = self.stores.graph, self.viewer
        return {name: (await project.scope(graph, viewer, name)).id for name in PROJECTS}
