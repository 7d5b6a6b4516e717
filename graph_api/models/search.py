"""Full-text search: which terms an entity is found by, and what is asked of the index for a text.

1. A text is folded (case, width, accents) and cut into words of letters and digits; where a
   script has no spaces, into overlapping pairs of signs. So no sign that means something to the
   index is ever part of a word.
2. An entity's terms are ``field=word``, with its kind and project beside them as terms.
3. A query asks for each word, whole or as a beginning, in any field. Ranges and prefixes score by
   the field alone; other queries would by how rare a word is, also among what one may not see.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import BaseModel

from graph_api.errors import SearchTooLong
from graph_api.models.entity import Kind

Field = Literal[
    "id", "digest", "name", "key", "version", "alias", "tag", "collection", "description"
]

# For a word that is all of a field's, and for one that begins like it.
_WEIGHTS: dict[Field, tuple[int, int]] = {
    "name": (16, 8),
    "key": (12, 6),
    "alias": (12, 6),
    "tag": (12, 6),
    "version": (12, 6),
    "collection": (4, 2),
    "description": (2, 1),
}
_WHOLE_NAME = 1_000
_IDENTITY = 100_000

MOST_CHARACTERS = 1_000
MOST_WORDS = 32
# The index takes 1,024 clauses in a query: 14 for each word, and one for each project.
_PROJECTS = 500
# Of a description; of a word, in signs.
_INDEXED_WORDS, _WORD = 2_000, 100

_IDENTIFIER = re.compile(r"[a-z_]+_[0-9a-z]{26}")
_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{8,64})")
_ACCENTS = re.compile("[\u0300-\u036f]")
# Thai, Lao, Burmese, Khmer, kana, bopomofo, Han.
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u312f\u31a0-\u31ff\u3400-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff]+)"
)


class Texts(BaseModel, frozen=True):
    """What there is to find of an entity."""

    id: str
    kind: Kind
    project_id: str | None
    there: bool = True
    """Whether it is to be found: drafts and deleted versions are not."""
    name: str | None = None
    collection: str | None = None
    """The name that a version is of."""
    key: str | None = None
    version: str | None = None
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    description: str | None = None
    digest: str | None = None


class Hit(BaseModel, frozen=True):
    """An entity that was found, and its place in the ranking."""

    id: str
    score: float
    since: int
    terms: tuple[str, ...]

    @property
    def matched(self) -> list[Field]:
        """The fields in which something was found, each once."""
        found = (term.partition("=")[0] for term in self.terms)
        fields: list[Field] = ["id", "digest", *_WEIGHTS]
        present = {"name" if field == "whole" else field for field in found}
        return [field for field in fields if field in present]


def words(text: str, *, ends: bool = False) -> list[str]:
    """The words of a text as they are compared, in their order.

    With ``ends`` the last sign of what has no spaces is a word as well, so that it can be found.
    """
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    folded = unicodedata.normalize("NFC", _ACCENTS.sub("", folded))
    # Marks of other scripts are parts of their words.
    spaced = "".join(
        sign if sign.isalnum() or unicodedata.category(sign)[0] == "M" else " " for sign in folded
    )
    found: list[str] = []
    for run in spaced.split():
        for place, part in enumerate(_UNSPACED.split(run)):
            if place % 2:
                found += [part[at : at + 2] for at in range(max(1, len(part) - (not ends)))]
            elif part:
                found.append(part[:_WORD])
    return found


def document(texts: Texts) -> str | None:
    """The terms by which an entity is found, parted by spaces; None for one that is not."""
    if not texts.there:
        return None
    wholes = [texts.name] if texts.name else []
    if texts.collection:
        wholes += [f"{texts.collection} {name}" for name in (texts.version, *texts.aliases)]
    terms = [
        f"kind={texts.kind}",
        f"project={texts.project_id}",
        f"id={texts.id}",
        *(f"whole={_whole(words(name))}" for name in wholes),
        *_terms("name", texts.name),
        *_terms("collection", texts.collection),
        *_terms("key", texts.key),
        *_terms("version", texts.version),
        *(term for alias in texts.aliases for term in _terms("alias", alias)),
        *(term for tag in texts.tags for term in _terms("tag", tag)),
        *_terms("description", texts.description),
    ]
    if texts.digest:
        terms.append(f"digest={texts.digest}")
    return " ".join(sorted(set(terms)))


class Search(BaseModel, frozen=True):
    """What is asked of the index for a text."""

    queries: tuple[str, ...]
    """To be asked one and all: each hit is one of one query only. None where nothing can be."""
    terms: tuple[str, ...]
    """What terms of a hit begin with for it to be named as found by them."""


def search(text: str, kinds: Iterable[Kind] | None, projects: Sequence[str] | None) -> Search:
    """What to ask for a text; SearchTooLong for one of too many characters or words.

    ``projects`` are those to look into, None for all.
    """
    if len(text) > MOST_CHARACTERS:
        raise SearchTooLong(len(text), MOST_CHARACTERS, "characters")
    wanted = words(text)
    if len(set(wanted)) > MOST_WORDS:
        raise SearchTooLong(len(set(wanted)), MOST_WORDS, "words")
    kinds = None if kinds is None else list(dict.fromkeys(kinds))
    if not wanted or kinds == []:
        return Search(queries=(), terms=())
    distinct = list(dict.fromkeys(wanted))
    terms = [f"{field}={word}" for field in _WEIGHTS for word in distinct]
    ways = [
        "(" + " ".join(f"+({_anywhere(word)})" for word in distinct) + ")",
        f"{_exactly('whole', _whole(wanted))}^{_WHOLE_NAME}",
    ]
    identity = text.strip().lower()
    if _IDENTIFIER.fullmatch(identity):
        ways.append(f"{_exactly('id', identity)}^{_IDENTITY}")
        terms.append(f"id={identity}")
    elif found := _DIGEST.fullmatch(identity):
        ways.append(f"digest={found[1]}*^{_IDENTITY}")
        terms.append(f"digest={found[1]}")
    query = f"+({' '.join(ways)})"
    if kinds is not None:
        query += f" {_one_of('kind', kinds)}"
    if projects is None:
        return Search(queries=(query,), terms=tuple(terms))
    some = [projects[at : at + _PROJECTS] for at in range(0, len(projects), _PROJECTS)]
    return Search(
        queries=tuple(f"{query} {_one_of('project', part)}" for part in some), terms=tuple(terms)
    )


def _terms(field: Field, text: str | None) -> list[str]:
    return [f"{field}={word}" for word in words(text or "", ends=True)[:_INDEXED_WORDS]]


def _whole(words: Sequence[str]) -> str:
    return "-".join(words)[: 2 * _WORD]


def _anywhere(word: str) -> str:
    return " ".join(
        f"{_exactly(field, word)}^{exactly} {field}={word}*^{begins}"
        for field, (exactly, begins) in _WEIGHTS.items()
    )


def _exactly(field: str, word: str) -> str:
    return f"[{field}={word} TO {field}={word}]"


def _one_of(field: str, values: Sequence[str]) -> str:
    return f"+({' '.join(_exactly(field, value) for value in values)})^0"
