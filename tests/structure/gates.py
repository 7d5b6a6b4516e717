"""Gates on the text of a tree: each answers the violations that it sees, one sentence each."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.structure.source import UNNAMED, modules, parsed, statements

LONGEST = 400

# Case matters nowhere in Cypher, so it does not matter here; the shapes are those of statements,
# not of sentences about them.
_CYPHER = re.compile(
    r"\b(?:match|merge|create)\s*(?:\w+\s*=\s*)?\([^)]*(?::|\)\s*<?-|\{|\)\s*(?:return|set|where)\b)"
    r"|\b(?:match|merge|create)\s*\(\s*\w*\s*\)"
    r"|\bunwind\s+\S+.*\bas\s+\w+"
    r"|\bdetach\s+delete\b"
    r"|\bcall\s+(?:db|dbms|apoc|tx|gds)\.|\bcall\s*(?:\(\s*\w*\s*\)\s*)?\{"
    r"|\breturn\s+\w+\.\w+\s+as\s+\w+|\breturn\s+(?:collect|count)\s*\("
    r"|\bforeach\s*\(\s*\w+\s+in\b"
    r"|\)\s*<?-\s*\[[^\]]*\]\s*->?\s*\("
    r"|\b(?:create|drop|show)\s+(?:\w+\s+)?(?:constraints?|index(?:es)?)\b",
    re.IGNORECASE | re.DOTALL,
)


def cypher_in(text: str) -> str | None:
    """The part of a text that gives a statement away, None where there is none."""
    found = _CYPHER.search(text)
    return found and found[0]


def no_cypher_in_python(root: Path) -> list[str]:
    """Statements lie in ``cypher/`` and are made by ``cypher("…")``; tests may hold their own."""
    violations: list[str] = []
    for path, tree in parsed(root, "graph_api", "examples", "docker", "bench"):
        for line, text in _texts(tree):
            if found := cypher_in(text):
                violations.append(f"{path}:{line} holds Cypher: {found!r}.")
        if not path.startswith("graph_api/graph/"):
            violations += [
                f"{path}:{call.lineno} makes a Query; only cypher() does."
                for call in _calls(tree, "Query")
            ]
    return violations


def every_statement_is_used_once(root: Path) -> list[str]:
    """Each file of ``cypher/`` is one ``cypher("…")``, and each of those names a file."""
    files = {statement.name for statement in statements(root)}
    used: Counter[str] = Counter()
    violations: list[str] = []
    for path, tree in parsed(root, "graph_api"):
        if path.startswith("graph_api/graph/"):
            continue
        for call in _calls(tree, "cypher"):
            name = call.args[0] if call.args else None
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                used[name.value] += 1
            else:
                violations.append(f"{path}:{call.lineno} calls cypher() without a literal name.")
    violations += [f"cypher/{name}.cypher is used nowhere." for name in sorted(files - used.keys())]
    violations += [f"cypher({name!r}) names no file." for name in sorted(used.keys() - files)]
    return violations + [
        f"cypher/{name}.cypher is used {times} times."
        for name, times in sorted(used.items())
        if times > 1
    ]


def headers_name_the_parameters(root: Path) -> list[str]:
    """A header says what the statement does, and gives exactly its parameters a type."""
    violations: list[str] = []
    for statement in statements(root):
        path = f"cypher/{statement.name}.cypher"
        if not re.match(r"[A-Z]", statement.header):
            violations.append(f"{path} does not begin with what it does.")
        if missing := statement.parameters - statement.announced.keys():
            violations.append(f"{path} does not announce {_list(missing)} with a type.")
        if extra := set(re.findall(r"\$(\w+)", statement.header)) - statement.parameters:
            violations.append(f"{path} announces {_list(extra)}, which it does not take.")
        violations += [
            f"{path} announces ${name} with an unknown type."
            for name, value in statement.announced.items()
            if value is None
        ]
    return violations


def nouns_are_the_same_in_every_layer(root: Path) -> list[str]:
    """A folder of ``cypher/`` has its module in services, in models and in the tests."""
    nouns = sorted(
        folder.name
        for folder in (root / "cypher").iterdir()
        if folder.is_dir() and folder.name not in UNNAMED
    )
    homes = (
        "graph_api/services/{}.py",
        "graph_api/models/{}.py",
        "tests/services/test_{}.py",
    )
    return [
        f"cypher/{noun}/ has no {home.format(noun)}."
        for noun in nouns
        for home in homes
        if not (root / home.format(noun)).is_file()
        and not (root / home.format(noun)).with_suffix("").joinpath("__init__.py").is_file()
    ]


def modules_are_short(root: Path) -> list[str]:
    """No module has more than 400 lines."""
    return [
        f"{path} has {lines} lines; at most {LONGEST}."
        for path, text in modules(root, "graph_api", "tests", "examples", "bench")
        if (lines := len(text.splitlines())) > LONGEST
    ]


def _texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every string that is no docstring, put together as far as the source shows it."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp)
            and id(node) not in docstrings
        ):
            yield node.lineno, _text(node)


def _text(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=str() as value):
            return value
        case ast.JoinedStr(values=values):
            return "".join(map(_text, values))
        case ast.BinOp(left=left, right=right):
            return _text(left) + _text(right)
        case ast.FormattedValue() | ast.Name() | ast.Attribute() | ast.Call():
            return "x"
        case _:
            return ""


def _calls(tree: ast.Module, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=called) | ast.Attribute(attr=called) if called == name:
                    yield node
                case _:
                    pass


def _list(names: set[str]) -> str:
    return ", ".join(f"${name}" for name in sorted(names))


GATES = (
    no_cypher_in_python,
    every_statement_is_used_once,
    headers_name_the_parameters,
    nouns_are_the_same_in_every_layer,
    modules_are_short,
)
