"""A Dockerfile without an engine: its instructions are run for real, in a folder that is its root.

1. Every stage begins with an empty folder and the base image's Python on its PATH.
2. The absolute paths that the Dockerfile makes are paths of that folder, at the same place in every
   stage, as an environment of Python cannot be moved.
3. USER and the owners of files are whoever runs the tests: only root can be another.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from graph_api.settings import child_environment

PATHS = re.compile(r"(?<![\w.:/$-])/(?=(?:src|opt|var/lib/graph-api)\b)")
OWNER = re.compile(r"\b10001:10001\b")


class StepFailed(Exception):
    """A RUN ended with an error; the message is what it said."""


@dataclass(frozen=True)
class Instruction:
    """One instruction, its ``--name=value`` flags, and all that follows them."""

    name: str
    flags: dict[str, str]
    value: str


@dataclass
class Image:
    """What the last stage of a Dockerfile leaves."""

    root: Path
    environment: dict[str, str]
    folder: Path
    user: str = "root"
    ports: list[str] = field(default_factory=list[str])
    health: list[str] = field(default_factory=list[str])
    command: list[str] = field(default_factory=list[str])


def instructions(dockerfile: Path) -> Iterator[Instruction]:
    """Its instructions in order; comments are left out, continued lines joined."""
    text = re.sub(r"^\s*#.*\n", "", dockerfile.read_text(), flags=re.MULTILINE)
    for line in filter(str.strip, text.replace("\\\n", " ").splitlines()):
        name, _, rest = line.strip().partition(" ")
        flags: dict[str, str] = {}
        while found := re.match(r"\s*--([\w-]+)=(\S+)\s+", rest):
            flags[found[1]] = found[2]
            rest = rest[found.end() :]
        yield Instruction(name, flags, rest.strip())


def ignored(dockerfile: Path) -> tuple[set[str], list[str]]:
    """What the build may copy, and the names that it leaves out of it, by its ignore file."""
    lines = dockerfile.with_name(f"{dockerfile.name}.dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    taken = {rule[1:] for rule in rules if rule.startswith("!")}
    left = [rule.removeprefix("**/") for rule in rules if rule.startswith("**/")]
    assert len(rules) == 1 + len(taken) + len(left)
    return taken, left


def build(dockerfile: Path, context: Path, folder: Path) -> Image:
    """Run every instruction, all below ``folder``; StepFailed where one ends with an error.

    The last stage is left in ``folder/root``, each other one in a folder of its name beside it.
    """
    base, root = folder / "base", folder / "root"
    base.mkdir(parents=True)
    (base / "python").symlink_to(Path(sys.base_prefix, "bin", "python3").resolve())
    taken, left = ignored(dockerfile)
    image, stage = Image(root, {}, root), ""
    for step in instructions(dockerfile):
        value = located(step.value, root)
        match step.name:
            case "FROM":
                if root.exists():
                    root.rename(folder / stage)
                root.mkdir()
                stage = value.partition(" AS ")[2] or "final"
                image = Image(root, {"PATH": f"{base}:/usr/bin:/bin"}, root)
            case "ENV":
                pairs = (pair.partition("=") for pair in shlex.split(value))
                image.environment |= {
                    name: Template(text).substitute(image.environment) for name, _, text in pairs
                }
            case "WORKDIR":
                image.folder = Path(value)
                image.folder.mkdir(parents=True, exist_ok=True)
            case "COPY" if "from" in step.flags:
                source, target = map(Path, value.split())
                of_stage = folder / step.flags["from"] / source.relative_to(root)
                shutil.copytree(of_stage, target, symlinks=True)
            case "COPY":
                _copy(context, value.split(), image.folder, taken, left)
            case "RUN":
                run(value, image)
            case "USER":
                image.user = step.value
            case "EXPOSE":
                image.ports = value.split()
            case "HEALTHCHECK":
                image.health = ["sh", "-c", value.removeprefix("CMD ")]
            case "CMD":
                image.command = json.loads(value)
            case _:
                raise NotImplementedError(step.name)
    return image


def located(text: str, root: Path) -> str:
    """The text with its paths below ``root`` and its user the one that runs the tests."""
    return PATHS.sub(f"{root}/", OWNER.sub(f"{os.getuid()}:{os.getgid()}", text))


def _copy(context: Path, words: list[str], folder: Path, taken: set[str], left: list[str]) -> None:
    *names, last = words
    for name in names:
        assert name in taken, f"{name} is copied, but the ignore file leaves it out"
        source, target = context / name, folder / last
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns(*left))
        else:
            shutil.copy(source, target)


def run(command: str, image: Image) -> None:
    """As RUN does: with this machine's network and caches, but none of its environments."""
    outer = {
        name: value
        for name, value in child_environment().items()
        if not name.startswith(("GRAPH_API_", "PYTHON", "VIRTUAL_ENV"))
    }
    pip = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    # uv reads no pip configuration; hand it the index that pip would use, if one is set.
    index = subprocess.run(pip, capture_output=True, text=True, check=False).stdout.strip()
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=image.folder,
        env=outer | ({"UV_DEFAULT_INDEX": index} if index else {}) | image.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StepFailed(done.stdout + done.stderr)
