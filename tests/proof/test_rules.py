"""Versions, aliases, links and the sweep, by several actors in any order, against the rules alone.

The model knows nothing of graphs or stores: only what a user was told.
"""

import asyncio
import hashlib
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest
from hypothesis import HealthCheck, settings, strategies
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from graph_api import errors
from graph_api.blobs import BlobStore
from graph_api.graph import Graph, connect
from graph_api.models.artifact import NewArtifact, upload_prefix
from graph_api.models.manifest import Entry
from graph_api.models.page import Window
from graph_api.models.viewer import Viewer
from graph_api.services import (
    artifact,
    artifact_collection,
    blob,
    doctor,
    edge,
    organization,
    project,
)
from graph_api.services.sweep import sweep
from graph_api.settings import Limits, Settings
from tests.conftest import WIPE
from tests.environment import environment
from tests.proof.stores import of_kind
from tests.services.purge import purge
from tests.services.test_sweep import later

LIMITS = Limits()
EXAMPLES = 300 if environment.deep else 3
STEPS = 40 if environment.deep else 15

names = strategies.sampled_from(["a", "b"])
aliases = strategies.sampled_from(["best", "next"])
actors = strategies.sampled_from(["ada", "bob"])
contents = strategies.dictionaries(
    strategies.sampled_from(["x", "y"]),
    strategies.sampled_from([b"one", b"two", b"three"]),
    min_size=1,
)

Result = TypeVar("Result")

NONE = cast("MultipleResults[Version]", multiple())


@dataclass
class Draft:
    """What was said of a draft."""

    id: str
    name: str
    files: dict[str, bytes]
    aliases: list[str]
    arrived: set[bytes] = field(default_factory=set[bytes])


@dataclass
class Version:
    """What was answered for a version."""

    id: str
    name: str
    index: int
    files: dict[str, bytes]
    purged: bool = False


class Rules(RuleBasedStateMachine):
    """The service on one side, and on the other what its users may rely on."""

    drafts = Bundle[Draft]("drafts")
    versions = Bundle[Version]("versions")

    def __init__(self, runner: asyncio.Runner, graph: Graph, blobs: BlobStore) -> None:
        super().__init__()
        self.runner, self.graph, self.blobs = runner, graph, blobs
        self.open: dict[str, Draft] = {}
        self.made: dict[str, list[Version]] = {"a": [], "b": []}
        self.pointed: dict[tuple[str, str], Version] = {}
        self.flows: set[tuple[str, str]] = set()
        self.run(self._empty())

    async def _empty(self) -> None:
        await self.graph.write(WIPE)
        await self.blobs.delete(list(await self.blobs.sizes("")))
        self.organization = (await organization.ensure_default(self.graph)).id
        self.project = await project.create(self.graph, self.viewer("ada"), LIMITS, "proof")

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(work)

    def viewer(self, user: str) -> Viewer:
        return Viewer(user=user, organization_id=self.organization)

    @rule(target=drafts, by=actors, name=names, files=contents, alias=aliases | strategies.none())
    def create(self, by: str, name: str, files: dict[str, bytes], alias: str | None) -> Draft:
        new = NewArtifact(
            project="proof", name=name, type="dataset", aliases=(alias,) if alias else ()
        )
        id = self.run(artifact.create_draft(self.graph, self.viewer(by), LIMITS, new))
        entries = [
            Entry(path=path, size=len(data), sha256=hashlib.sha256(data).hexdigest())
            for path, data in files.items()
        ]
        wanted, _ = self.run(
            artifact.request_uploads(
                self.graph,
                self.blobs,
                self.viewer(by),
                LIMITS,
                id,
                entries,
                timedelta(hours=1),
            )
        )
        asked = {data for data, url in zip(files.values(), wanted, strict=True) if url}
        assert asked == set(files.values()) - self._readable()
        draft = Draft(id, name, files, [alias] if alias else [])
        self.open[id] = draft
        return draft

    @rule(draft=drafts, all=strategies.booleans())
    def upload(self, draft: Draft, all: bool) -> None:
        for data in sorted(draft.files.values())[: None if all else 1]:
            key = upload_prefix(draft.id) + hashlib.sha256(data).hexdigest()
            if draft.id in self.open:
                self.run(self.blobs.put(key, data))
                draft.arrived.add(data)

    @rule(target=versions, draft=drafts, by=actors)
    def commit(self, draft: Draft, by: str) -> "Version | MultipleResults[Version]":
        commit = artifact.commit(self.graph, self.blobs, self.viewer(by), draft.id)
        if draft.id not in self.open:
            answered = [v for v in self._all() if draft.id == v.id]
            if answered:
                assert self.run(commit).id == draft.id
            else:
                with pytest.raises((errors.UnknownId, Answered)):
                    raise Answered(self.run(commit).id)
            return NONE
        absent = set(draft.files.values()) - draft.arrived - self._readable()
        if absent:
            with pytest.raises(errors.NeedsUpload) as refused:
                self.run(commit)
            missing = sorted(path for path, data in draft.files.items() if data in absent)
            assert sorted(refused.value.paths) == missing
            return NONE
        made = self.run(commit)
        del self.open[draft.id]
        others = self.made[draft.name]
        latest = next((one for one in reversed(others) if not one.purged), None)
        if latest and latest.files == draft.files:
            assert (made.id, made.created) == (latest.id, False)
            version = latest
        else:
            assert (made.id, made.created) == (draft.id, True)
            version = Version(made.id, draft.name, len(others), draft.files)
            others.append(version)
        for alias in draft.aliases:
            self.pointed[draft.name, alias] = version
        return version

    @rule(draft=consumes(drafts), by=actors)
    def delete_draft(self, draft: Draft, by: str) -> None:
        deleting = artifact.delete_draft(self.graph, self.viewer(by), draft.id)
        if draft.id in self.open:
            self.run(deleting)
            del self.open[draft.id]
        else:
            with pytest.raises((errors.NotADraft, errors.UnknownId)):
                self.run(deleting)

    @rule(version=versions, alias=aliases, by=actors)
    def point(self, version: Version, alias: str, by: str) -> None:
        if not version.purged:
            self.run(artifact.add_aliases(self.graph, self.viewer(by), LIMITS, version.id, [alias]))
            self.pointed[version.name, alias] = version

    @rule(version=versions, alias=aliases, by=actors)
    def unpoint(self, version: Version, alias: str, by: str) -> None:
        if not version.purged:
            self.run(artifact.remove_aliases(self.graph, self.viewer(by), version.id, [alias]))
            if self.pointed.get((version.name, alias)) is version:
                del self.pointed[version.name, alias]

    @rule(source=versions, sink=versions, by=actors)
    def link(self, source: Version, sink: Version, by: str) -> None:
        linking = edge.link(self.graph, self.viewer(by), LIMITS, source.id, sink.id, "input")
        if source.id == sink.id or self._reaches(sink.id, source.id):
            with pytest.raises(errors.WouldCloseCycle):
                self.run(linking)
        else:
            self.run(linking)
            self.flows.add((source.id, sink.id))

    @rule(version=versions)
    def purge(self, version: Version) -> None:
        latest = [one for one in self.made[version.name] if not one.purged][-1:]
        if version not in latest and version not in self.pointed.values():
            self.run(purge(self.graph, self.blobs, self.viewer("ada"), version.id))
            version.purged = True

    @rule()
    def sweep_what_has_ended(self) -> None:
        self.run(sweep(self.graph, self.blobs, later(hours=3)))

    @rule()
    def sweep_what_was_abandoned(self) -> None:
        self.run(sweep(self.graph, self.blobs, later(days=8)))
        self.open.clear()

    @invariant()
    def every_version_is_as_it_was_committed(self) -> None:
        self.run(self._check())

    def teardown(self) -> None:
        self.run(self._examine())

    async def _check(self) -> None:
        viewer = self.viewer("ada")
        for version in self._all():
            if not version.purged:
                row = await artifact.checked(self.graph, viewer, version.id)
                assert (row.version, row.state) == (f"v{version.index}", "COMMITTED")
        for name, made in self.made.items():
            collection = await artifact_collection.by_name(self.graph, viewer, self.project, name)
            if collection is None:
                assert made == []
                continue
            for alias in ("best", "next"):
                found = await artifact.find(self.graph, viewer, collection, alias)
                pointed = self.pointed.get((name, alias))
                assert (found and found.id) == (pointed and pointed.id), (name, alias)
            current = [one for one in made if not one.purged]
            found = await artifact.find(self.graph, viewer, collection, "latest")
            assert (found and found.id) == (current[-1].id if current else None)

    async def _examine(self) -> None:
        viewer = self.viewer("ada")
        for version in self._all():
            if version.purged:
                continue
            page = await artifact.files(self.graph, self.blobs, viewer, version.id, Window(10))
            stored = await blob.by_digests(
                self.graph, viewer, [file.sha256 or "" for file in page.items]
            )
            read = {
                file.path: b"".join([chunk async for chunk in self.blobs.read(one.key)])
                for file, one in zip(page.items, stored, strict=True)
                if one
            }
            assert read == version.files
        async for finding in doctor.examine(self.graph, self.blobs, later(), read=True):
            raise AssertionError(finding)
        await sweep(self.graph, self.blobs, later(days=8))
        await sweep(self.graph, self.blobs, later(days=9))
        needed = {data for one in self._all() if not one.purged for data in one.files.values()}
        objects = [key for key in await self.blobs.sizes("") if "/pages/" not in key]
        assert len(objects) == len(needed)

    def _all(self) -> list[Version]:
        return [version for made in self.made.values() for version in made]

    def _readable(self) -> set[bytes]:
        return {data for one in self._all() if not one.purged for data in one.files.values()}

    def _reaches(self, start: str, end: str) -> bool:
        seen, todo = set[str](), [start]
        while todo:
            seen.add(here := todo.pop())
            todo += [to for source, to in self.flows if source == here and to not in seen]
        return end in seen


class Answered(Exception):
    """Another version answers for the draft."""


def test_whatever_actors_do_the_rules_hold(
    neo4j: Settings, byte_store: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with asyncio.Runner() as runner:

        async def prepare() -> tuple[Graph, BlobStore]:
            graph = await opened.__aenter__()
            await graph.apply_constraints()
            blobs = of_kind(byte_store, tmp_path, request)
            await blobs.check()
            return graph, blobs

        opened = connect(neo4j)
        graph, blobs = runner.run(prepare())
        try:

            class Machine(Rules):
                def __init__(self) -> None:
                    super().__init__(runner, graph, blobs)

            run_state_machine_as_test(
                Machine,
                settings=settings(
                    max_examples=EXAMPLES,
                    stateful_step_count=STEPS,
                    deadline=None,
                    database=None,
                    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
                ),
            )
        finally:
            runner.run(opened.__aexit__(None, None, None))
