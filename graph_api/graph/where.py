"""Lists with a filter and an order: the only statements that are put together.

A list is ``cypher/entity/list.cypher``, in which ``Artifact`` stands for its kind, ``list_key`` for
the indexed key of its order and ``$where`` for its filter. All are filled in here:

1. The fragments in ``cypher/where/``, one per operator, operand and relation, are joined. Their
   ``$key`` and ``$value`` become numbered parameters, so nothing of a caller is in the statement,
   and the same shape of a filter is the same statement.
2. What had another place when the first page was read, as it was renamed or moved to another
   project since, is looked up beside it.
"""

from dataclasses import dataclass, field
from typing import Any, Generic, LiteralString, TypeVar, get_args

from pydantic import BaseModel

from graph_api.graph.query import Query, text
from graph_api.models.page import Count
from graph_api.models.where import (
    Comparison,
    Condition,
    Every,
    Flow,
    Not,
    Operand,
    Operator,
    Related,
    Relation,
    Some,
)

Row = TypeVar("Row", bound=BaseModel)


def _without_header(text: LiteralString) -> LiteralString:
    return "\n".join(line for line in text.splitlines() if not line.startswith("//"))


def _fragment(name: str) -> LiteralString:
    return _without_header(text(f"where/{name}"))


_OPERATORS: dict[Operator, LiteralString] = {
    operator: _fragment(operator) for operator in get_args(Operator)
}
_OPERANDS: dict[Operand, LiteralString] = {
    operand: _fragment(operand) for operand in get_args(Operand)
}
_RELATIONS: dict[Relation, LiteralString] = {
    relation: _fragment(relation) for relation in get_args(Relation)
}
_AS_OF = _fragment("as_of")
_COUNT = _fragment("count")
_AMONG: LiteralString = _OPERATORS["in"].replace("operand", _OPERANDS["property"])

# The kinds that can move to another project.
_MOVED = ("Artifact", "ArtifactCollection")
_DIGITS: tuple[LiteralString, ...] = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")


@dataclass(frozen=True)
class Keys:
    """The indexed properties by which a list lies: in order of creation, and by name."""

    created: LiteralString = "list_key"
    name: LiteralString = "name_key"


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """The statements of a list with this filter."""

    query: Query[Row]
    kind: LiteralString
    keys: Keys
    filter: LiteralString
    parameters: dict[str, Any]
    """What the filter takes."""

    def page(self, key: LiteralString, *, descending: bool) -> Query[Row]:
        """Reads a page by one of the keys."""
        head, collected, tail = _without_header(self.query.text).partition("WITH collect")
        statement = self._placed(head, key) + collected + tail
        if descending:
            statement = statement.replace("LIMIT", "DESC LIMIT")
        return Query(self.query.name, statement.replace("$where", self.filter), self.query.row)

    def count(self) -> Query[Count]:
        """Counts what all pages hold."""
        head = _without_header(self.query.text).partition("WITH collect")[0]
        lines = self._placed(head, self.keys.created).splitlines()
        # No order, and nothing twice.
        found = "\n".join([line for line in lines if "LIMIT" not in line])
        found = found.replace("RETURN n, place", "RETURN n").replace("UNION ALL", "UNION")
        statement = (found + "\n" + _COUNT).replace("$where", self.filter)
        return Query(f"{self.query.name}#count", statement, Count)

    def _placed(self, head: LiteralString, key: LiteralString) -> LiteralString:
        """What lies by a key as of a seq."""
        if key.endswith("name_key"):
            head = _AS_OF.replace("kept", head.replace("n.since", "n.named_since")) + "\n"
        elif key == "list_key" and self.kind in _MOVED:
            since = head.replace("n.since", "coalesce(n.listed_since, n.since)")
            head = _AS_OF.replace("f.since", "f.listed_since").replace("kept", since) + "\n"
        return head.replace("n:Artifact", "n:" + self.kind).replace("list_key", key)


def listing(
    query: Query[Row],
    kind: LiteralString,
    keys: Keys,
    condition: Condition,
    flows: dict[Flow, list[str]],
) -> Listing[Row]:
    """The list of a kind by these keys, as far as the condition holds.

    ``flows`` are the ids that each Flow of the condition stands for.
    """
    filter = _Filter(flows)
    return Listing(query, kind, keys, filter.text(condition), filter.parameters)


def holding(query: Query[Row], condition: Condition) -> tuple[Query[Row], dict[str, Any]]:
    """A statement with this filter in it, and what the filter takes."""
    filter = _Filter({})
    text = _without_header(query.text).replace("$where", filter.text(condition))
    return Query(query.name, text, query.row), filter.parameters


@dataclass
class _Filter:
    flows: dict[Flow, list[str]]
    parameters: dict[str, Any] = field(default_factory=dict[str, Any])
    count: int = 0

    def text(self, condition: Condition) -> LiteralString:
        match condition:
            case Every(parts):
                return self._joined(" AND ", parts) if parts else "true"
            case Some(parts):
                # A constant would make the planner forget the order of the index.
                return self._joined(" OR ", parts) if parts else self._bound("$value", None, False)
            case Not(part):
                return "NOT (" + self.text(part) + ")"
            case Related(relation, id):
                return self._bound(_RELATIONS[relation], None, id)
            case Flow():
                return self._bound(_AMONG, "id", self.flows[condition])
            case Comparison(operator, value, key, operand):
                compared = _OPERATORS[operator].replace("operand", _OPERANDS[operand])
                return self._bound(compared, key, value)

    def _joined(self, word: LiteralString, parts: tuple[Condition, ...]) -> LiteralString:
        return "(" + word.join([self.text(part) for part in parts]) + ")"

    def _bound(self, text: LiteralString, key: str | None, value: Any) -> LiteralString:
        number = _numeral(self.count)
        self.count += 1
        if key is not None:
            self.parameters["key_" + number] = key
        self.parameters["value_" + number] = value
        return text.replace("$key", "$key_" + number).replace("$value", "$value_" + number)


def _numeral(number: int) -> LiteralString:
    return (_numeral(number // 10) if number > 9 else "") + _DIGITS[number % 10]
