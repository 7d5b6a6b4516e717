"""Worlds of several projects, drawn by Hypothesis and written by the services."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from hypothesis import strategies as st

from graph_api.errors import NameTaken, NothingBefore, WouldCloseCycle
from graph_api.models.artifact import Committed, NewArtifact
from graph_api.models.integration import Options
from graph_api.models.manifest import Entry
from graph_api.models.notice import Type
from graph_api.models.page import Window
from graph_api.models.policy import Barrier, ForbiddenTag, Policy
from graph_api.models.run import NewRun
from graph_api.models.viewer import Viewer
from graph_api.services import (
    alias,
    approval,
    artifact,
    artifact_collection,
    dataset,
    edge,
    entity,
    expiry,
    integration,
    membership,
    model,
    note,
    policy,
    project,
    run,
    webhook,
    withdrawal,
)
from graph_api.services.artifact import Given
from graph_api.services.keyring import Keyring
from graph_api.services.stores import Stores
from graph_api.settings import Limits

LIMITS = Limits()
KEYRING = Keyring((bytes(32),), None)
PROJECTS = ("north", "south", "west")
PATHS = {b"one": "a", b"two": "deep/b", b"three": "deep/c"}
CONTENTS = tuple(PATHS)
WORDS = ("amber", "birch", "cedar")
ALIASES = tuple(f"is-{word}" for word in WORDS)
STAGES = ("STAGING", "PRODUCTION")

Structure = Literal["version", "again", "run", "use", "log", "member", "link", "rename", "move"]
Said = Literal["point", "point back", "stage", "stage back", "clone", "note", "limit"]
What = Structure | Said
Step = tuple[What, int, int, int]
WHAT: tuple[What, ...] = ("version", "version", "run", "use", "use", "log", "member", "link")
SAID: tuple[What, ...] = ("point", "point back", "stage", "stage", "stage back", "clone", "note")
STEPS = st.lists(
    st.tuples(
        st.sampled_from((*WHAT, *SAID, "again", "rename", "move", "limit")),
        *[st.integers(0, 31)] * 3,
    ),
    min_size=6,
    max_size=18,
)


def given(content: bytes) -> list[Given]:
    """One file of this content."""
    sha256, path = hashlib.sha256(content).hexdigest(), PATHS.get(content, "a")
    return [Given(entry=Entry(path=path, size=len(content), sha256=sha256), content=content)]


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
        again by a run of another project. In each model, versions of two projects were in stages.
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
        for number in range(count):
            await self._said(number)
        # One has moved, so that its old name is nobody's.
        await self.step(("version", 0, 4, 1))
        await self.step(("move", len(self.newest) - 1, 1, 0))
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

            case _:
                await self._say(what, a, b, c)

    async def _say(self, what: Said, a: int, b: int, c: int) -> None:
        """What is said of what is there, and how names move."""
        graph, viewer = self.stores.graph, self.viewer
        versions, containers = self.made["version"], self.made["container"]
        models = [id for id in containers if id.startswith("model")]
        datasets = [id for id in containers if id.startswith("dataset")]
        id, name, stage = versions[a % len(versions)], ALIASES[c % 3], STAGES[c % 2]
        match what:
            case "point":
                await artifact.add_aliases(graph, viewer, LIMITS, id, [name])
            case "point back":
                collection_id = (await artifact.checked(graph, viewer, id)).collection_id
                last = await alias.history(graph, viewer, collection_id, name, Window(last=1))
                for period in last.items:
                    now = period.artifact_id if period.until is None else None
                    with suppress(NothingBefore):
                        await artifact.roll_back_alias(
                            graph, viewer, collection_id, name, now, None
                        )
            case "stage":
                within = models[b % len(models)]
                await membership.add(graph, viewer, LIMITS, within, id, "version", stage)
                self._add("joined", within)
            case "stage back":
                within = models[b % len(models)]
                there = await membership.find(graph, viewer, within, stage=stage)
                with suppress(NothingBefore):
                    believed = there and there.index
                    await membership.roll_back(graph, viewer, within, stage, believed, None)
            case "clone":
                source, project_name = datasets[a % len(datasets)], PROJECTS[b % 3]
                with suppress(NameTaken):
                    made = await dataset.clone(
                        graph, viewer, LIMITS, source, f"clone {c}", project_name
                    )
                    self._add("container", made)
            case "note":
                about = [*versions, *containers, *self.made["run"]]
                key = WORDS[c % 3] if c % 2 else None
                await note.add(graph, viewer, LIMITS, about[a % len(about)], WORDS[b % 3], key)
            case "limit":
                await expiry.set_time_to_live(graph, viewer, id, 86_400 * (1 + b))

    async def recall(self) -> None:
        """Withdraw something in each project, and clear others of it."""
        graph, viewer = self.stores.graph, self.viewer
        made = [*self.made["version"], *self.made["run"], *self.made["container"]]
        for number, id in enumerate(made[::3]):
            await withdrawal.withdraw(graph, viewer, id, WORDS[number % 3])
            cleared = made[(5 * number + 1) % len(made)]
            await withdrawal.clear(graph, viewer, id, cleared, WORDS[number % 2])

    async def rule(self) -> None:
        """Set a policy in each project, which names the others, and approve versions."""
        graph, viewer = self.stores.graph, self.viewer
        for number, name in enumerate(PROJECTS):
            barrier = Barrier(project=PROJECTS[number - 1], experiment=WORDS[number])
            rules = Policy(
                forbidden_tags=(ForbiddenTag(tag=WORDS[number], barriers=(barrier,)),),
                greatest_age=1 + number,
            )
            await policy.set_policy(graph, viewer, LIMITS, name, rules)
        for number, id in enumerate(self.made["version"]):
            await approval.approve(graph, viewer, LIMITS, id, WORDS[number % 3], WORDS[number % 2])
            if number % 2:
                await approval.revoke(graph, viewer, id, WORDS[number % 3], None)

    async def _said(self, number: int) -> None:
        """Of a project: what is protected, read-only and stored, and names that have moved."""
        graph, viewer, project_name = self.stores.graph, self.viewer, PROJECTS[number]
        for offset in range(3):
            await self.step(("stage", number + offset, number, offset))
        await self.step(("stage back", 0, number, 0))
        for what in ("clone", "note", "limit"):
            await self.step((what, number, number + 1, number))
        found = await artifact.checked(graph, viewer, self.made["version"][number])
        await artifact.protect_aliases(
            graph, viewer, LIMITS, found.collection_id, [ALIASES[0]], protected=True
        )
        locked = await model.create(graph, viewer, LIMITS, project_name, "locked")
        await entity.set_read_only(graph, viewer, locked, read_only=True)
        options = Options.checked("bucket", f"{number}/", None, "us-east-1", "access", "secret")
        await integration.create(graph, KEYRING, viewer, LIMITS, project_name, "lake", options)
        # It is about something of another project.
        of = self.made["run"][(number + 1) % len(PROJECTS)]
        url = f"https://{project_name}.test/"
        events: list[Type] = ["lineage.changed", "alias.moved"]
        await webhook.create(graph, KEYRING, viewer, LIMITS, project_name, url, events, of=of)

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
