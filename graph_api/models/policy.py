"""Policies: what a project asks of versions that are promoted in it, and of all they came of."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, cast

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel

from graph_api.errors import BadInput
from graph_api.models import names
from graph_api.models.instant import Instant
from graph_api.models.lineage import Reason

Rule = Literal["LICENSE", "TAG", "APPROVAL", "AGE"]
RULES: tuple[Rule, ...] = ("LICENSE", "TAG", "APPROVAL", "AGE")
"""In the order in which violations are told."""

FORBIDDEN_TAGS = 100
"""The most of them; of what follows, likewise."""
REQUIRED_APPROVALS = 10
BARRIERS = 10
GREATEST_AGE = 100 * 365 * 86_400
"""Seconds, 100 years: clients count in units that end somewhere."""
# Licenses, and people who may give an approval.
_NAMED = 1_000
# Signs that are told of a license that is no text.
_TOLD = 200


class _Part(BaseModel, frozen=True):
    """As JSON, and so in histories, it has the names of the schema."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Barrier(_Part, frozen=True):
    """Runs that end a label: those of the experiment of this name in the project of this name."""

    project: str
    experiment: str


class ForbiddenTag(_Part, frozen=True):
    """A tag that nothing may have which is promoted, or which that came of but by a barrier."""

    tag: str
    barriers: tuple[Barrier, ...] = ()


class RequiredApproval(_Part, frozen=True):
    """An approval that the promoted version needs."""

    name: str
    by: tuple[str, ...] | None = None
    """The users who may give it; None: whoever can."""


class Policy(_Part, frozen=True):
    """The rules of a project; those that are None or empty ask nothing."""

    allowed_licenses: tuple[str, ...] | None = None
    forbidden_tags: tuple[ForbiddenTag, ...] = ()
    required_approvals: tuple[RequiredApproval, ...] = ()
    greatest_age: int | None = None
    """Seconds since their commits, of versions that came of no other."""
    hidden: Literal["REFUSE", "ALLOW"] = "REFUSE"
    """What becomes of a version that came of what the viewer may not see."""

    @property
    def asks_upstream(self) -> bool:
        """Whether it asks anything of what a version came of."""
        of_origins = self.allowed_licenses is not None or self.greatest_age is not None
        return of_origins or bool(self.forbidden_tags)

    @property
    def stored(self) -> str | None:
        """As the graph holds it; None where it asks nothing."""
        if not (self.asks_upstream or self.required_approvals):
            return None
        return self.model_dump_json(by_alias=True)

    def checked(self, longest: int) -> "Policy":
        """The same with its names normalized; BadInput or BadName where it cannot be one."""
        licenses = self.allowed_licenses
        if licenses is not None:
            if not licenses:
                raise BadInput("allowedLicenses is empty; leave it out to allow every license.")
            licenses = _labels("license", licenses, longest, "allowedLicenses")
        tags = tuple(_tag(it, longest) for it in self.forbidden_tags)
        _distinct("forbiddenTags", [it.tag for it in tags], FORBIDDEN_TAGS)
        approvals = tuple(_approval(it, longest) for it in self.required_approvals)
        _distinct("requiredApprovals", [it.name for it in approvals], REQUIRED_APPROVALS)
        if self.greatest_age is not None and not 1 <= self.greatest_age <= GREATEST_AGE:
            raise BadInput(
                f"greatestAge is {self.greatest_age:,}; it counts seconds, from 1 to "
                f"{GREATEST_AGE:,}, which are 100 years."
            )
        return Policy(
            allowed_licenses=licenses,
            forbidden_tags=tags,
            required_approvals=approvals,
            greatest_age=self.greatest_age,
            hidden=self.hidden,
        )


def _tag(it: ForbiddenTag, longest: int) -> ForbiddenTag:
    if len(it.barriers) > BARRIERS:
        raise BadInput(f"{it.tag!r} has {len(it.barriers)} barriers; it can have {BARRIERS}.")
    barriers = tuple(
        Barrier(
            project=names.name("project", barrier.project, longest),
            experiment=names.name("experiment", barrier.experiment, longest),
        )
        for barrier in it.barriers
    )
    return ForbiddenTag(tag=names.label("tag", it.tag, longest), barriers=barriers)


def _approval(it: RequiredApproval, longest: int) -> RequiredApproval:
    name = names.label("approval", it.name, longest)
    if it.by is None:
        return RequiredApproval(name=name)
    if not it.by:
        raise BadInput(f"Nobody may give the approval {name!r}; name them, or leave `by` out.")
    return RequiredApproval(name=name, by=_labels("user", it.by, longest, f"The approval {name!r}"))


def _labels(kind: str, texts: Sequence[str], longest: int, of: str) -> tuple[str, ...]:
    found = tuple(names.label(kind, text, longest) for text in texts)
    _distinct(of, found, _NAMED)
    return found


def _distinct(of: str, found: Sequence[str], most: int) -> None:
    if len(found) > most:
        raise BadInput(f"{of} has {len(found):,}; it can have {most:,}.")
    for text, count in Counter(found).items():
        if count > 1:
            raise BadInput(f"{of} has {text!r} twice; say each once.")


def _loaded(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str) else value


Kept = Annotated[Policy | None, BeforeValidator(_loaded)]
"""A policy from the graph, which holds it as JSON."""


class Governing(BaseModel, frozen=True):
    """The project that something lies in, and its policy."""

    project: str
    """Its name."""
    policy: Kept


class License(BaseModel, frozen=True):
    """What the metadata of a version say as its license."""

    told: str
    is_text: bool = True
    """If not, it is the beginning of its JSON that is told, and no policy can allow it."""


def _license(value: Any) -> Any:
    """Of a property and of metadata, which are there where the license may be no property."""
    if not isinstance(value, list):
        return value
    license, metadata = cast("list[Any]", value)
    if license is None and metadata is not None:
        license = orjson.loads(metadata).get("license")
    if license is None:
        return None
    if isinstance(license, str):
        return License(told=license.strip()) if license.strip() else None
    # orjson writes at most 254 lists in each other; metadata can have more.
    told = json.dumps(license, ensure_ascii=False, separators=(",", ":"))
    return License(told=told[:_TOLD], is_text=False)


class Version(BaseModel, frozen=True):
    """What a policy asks of a version."""

    id: str
    license: Annotated[License | None, BeforeValidator(_license)]
    """None where its metadata say none, null or a blank text."""
    tags: tuple[str, ...]
    committed_at: Instant
    created_by: str


class Work(BaseModel, frozen=True):
    """A run, by what barriers name it."""

    id: str
    project: str
    experiment: str


@dataclass(frozen=True)
class Violation:
    """A rule that something breaks, and a shortest way from there to what is promoted."""

    rule: Rule
    value: str | None
    """The license, None where it is unknown; the tag; the approval; the age in seconds."""
    entity_id: str
    distance: int
    """The length of that way, on which edges between hidden entities count nothing."""
    says: str
    """A sentence about it."""
    along: Callable[[str], tuple[str, ...]] = field(repr=False, compare=False)
    """The ways to what is promoted, by their beginnings."""

    @property
    def path(self) -> tuple[str, ...]:
        """Ids; ``(hidden)`` stands for what the viewer may not see. It is made anew each time."""
        return self.along(self.entity_id)

    @property
    def place(self) -> str:
        """A text that sorts as they lie: by rule, the nearest first."""
        # An age is another one at the next page.
        value = self.value if self.rule != "AGE" else None
        return f"{RULES.index(self.rule)}|{self.distance:09d}|{self.entity_id}|{value or ''}"


@dataclass(frozen=True)
class Unknown:
    """Why nobody can tell whether a version keeps to a policy."""

    because: Reason
    path: tuple[str, ...] = ()
    """A shortest way from what is unknown; empty where none was found."""


@dataclass(frozen=True)
class Verdict:
    """How a version stands by a policy."""

    violations: tuple[Violation, ...] = ()
    """In the order of their places."""
    incomplete_because: tuple[Reason, ...] = ()
    """Why there may be others."""
    unknown: Unknown | None = None
    """Where that alone refuses it."""

    @property
    def passes(self) -> bool:
        """Whether it may be promoted."""
        return not self.violations and self.unknown is None
