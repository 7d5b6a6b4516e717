"""The tree as text: Python modules and statements, read without importing anything."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

# Folders of cypher/ whose files are no named statements.
UNNAMED = ("constraints", "where")

_OPEN, _CLOSE = "([{", ")]}"
_TYPED = re.compile(r"((?:\$\w+, )*\$\w+): (\[\{[^}]*\}\]|\[?\w+\]?)")
_FIELD = re.compile(r"((?:\w+, )*\w+): (\[?\w+\]?)")
_DUMMIES: dict[str, Any] = {"string": "x", "int": 1, "float": 0.5, "bool": True, "map": {}}


@dataclass(frozen=True)
class Statement:
    """A file of ``cypher/``: its header says what it does and takes."""

    name: str
    text: str

    @cached_property
    def header(self) -> str:
        """The comment that the file opens with, without its slashes."""
        lines: list[str] = []
        for line in self.text.splitlines():
            if not line.startswith("//"):
                break
            lines.append(line.removeprefix("//").strip())
        return "\n".join(lines)

    @cached_property
    def body(self) -> str:
        """The statement without comments."""
        return re.sub(r"^\s*//.*\n?", "", self.text, flags=re.M)

    @cached_property
    def announced(self) -> dict[str, Any]:
        """The parameters that the header gives a type, each with a value of that type."""
        return {
            name.strip("$"): _dummy(type)
            for names, type in _TYPED.findall(self.header.replace("\n", " "))
            for name in names.split(", ")
        }

    @cached_property
    def parameters(self) -> set[str]:
        """The parameters that the statement takes."""
        return set(re.findall(r"\$(\w+)", self.body))

    @cached_property
    def returned(self) -> list[str] | None:
        """The names it returns, or the keys of the map that it collects as ``rows``."""
        at = _masked(self.body).rfind("RETURN ")
        if at < 0:
            return None
        tail = self.body[at + len("RETURN ") :]
        if "rows" in self.collected:
            return self.collected["rows"]
        return [part.rsplit(" AS ", 1)[-1].strip() for part in _split(tail)]

    @cached_property
    def collected(self) -> dict[str, list[str]]:
        """The keys of every map that is collected, by the name given to it."""
        found: dict[str, list[str]] = {}
        for start in re.finditer(r"\bcollect\(\{", self.body):
            keys, end = self._keys(start.end())
            name = re.match(r"\}\) AS (\w+)", self.body[end:])
            found[name[1] if name else ""] = keys
        return found

    def _keys(self, start: int) -> tuple[list[str], int]:
        """The keys of the map whose inside begins here, and where that ends."""
        end = start + _masked(self.body[start:], level=1).index("}")
        return [part.partition(":")[0].strip() for part in _split(self.body[start:end])], end


def _dummy(type: str) -> Any:
    if type.startswith("[{"):
        fields = {
            name: _dummy(inner)
            for names, inner in _FIELD.findall(type)
            for name in names.split(", ")
        }
        return [fields]
    if type.startswith("["):
        return [_dummy(type.strip("[]"))]
    return _DUMMIES.get(type)


def _masked(text: str, level: int = 0) -> str:
    """The text with all that lies in brackets or quotes blanked; ``level`` brackets are open."""
    text = re.sub(r"'[^']*'", lambda quoted: " " * len(quoted[0]), text)
    signs: list[str] = []
    for sign in text:
        level -= sign in _CLOSE
        signs.append(" " if level else sign)
        level += sign in _OPEN
    return "".join(signs)


def _split(text: str) -> list[str]:
    """Parts between the commas that no bracket encloses."""
    masked, parts, start = _masked(text), list[str](), 0
    for comma in [*(found.start() for found in re.finditer(",", masked)), len(text)]:
        parts.append(text[start:comma])
        start = comma + 1
    return parts


def statements(root: Path) -> list[Statement]:
    """Every named statement, by name."""
    folder = root / "cypher"
    return [
        Statement(path.relative_to(folder).with_suffix("").as_posix(), path.read_text("utf-8"))
        for path in sorted(folder.rglob("*.cypher"))
        if path.relative_to(folder).parts[0] not in UNNAMED
    ]


def modules(root: Path, *folders: str) -> Iterator[tuple[str, str]]:
    """The path and text of every Python module in these folders."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            if "node_modules" not in path.parts:
                yield path.relative_to(root).as_posix(), path.read_text("utf-8")


def parsed(root: Path, *folders: str) -> Iterator[tuple[str, ast.Module]]:
    """The path and syntax tree of every Python module in these folders."""
    for path, text in modules(root, *folders):
        yield path, ast.parse(text)
