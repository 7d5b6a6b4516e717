"""Documents that are too large to be looked at, and those that only look so."""

from itertools import pairwise

import pytest
from graphql import (
    GraphQLSyntaxError,
    Lexer,
    Source,
    TokenKind,
    get_introspection_query,
    parse,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema

from graph_api.errors import DocumentTooLarge
from graph_api.schema.document import Size, has_more_tokens, measured
from tests.routes.test_hostile import BUILT, SCALARS
from tests.schema.conftest import Api

pytestmark = pytest.mark.no_bytes

BOMB = "{ ...F0 } " + " ".join(
    f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60)
)
END = " fragment F60 on Query { __typename }"
CHAIN = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(1000))
OVERLAPPING = (
    "{"
    + " ".join(f"...O{n}" for n in range(400))
    + "} "
    + " ".join(f"fragment O{n} on Query {{ a{n}: __typename }}" for n in range(90))
)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (BOMB + END, "more than 1,000 fields; it can have 1,000."),
        ("{ ...F0 } " + CHAIN, "1,000 fragments; it can have 100."),
        (OVERLAPPING, "400 spreads of fragments; it can have 200."),
        ("{ a" * 21 + " }" * 21, "21 levels; it can have 20."),
        ("{ a" * 3000 + " }" * 3000, "more than 20 levels; it can have 20."),
        ("{" + " __typename" * 1001 + "}", "1,001 fields; it can have 1,000."),
        ("{" + " ".join(f"a{n}: __typename" for n in range(101)) + "}", "101 aliases;"),
        ("{ __typename" + " @skip(if: false)" * 101 + "}", "101 directives;"),
        ("query" + " @a" * 101 + "{ __typename }", "101 directives;"),
        ("{" + " __typename" * 10_001 + "}", "more than 10,000 tokens; it can have 10,000."),
    ],
    ids=lambda value: value[:20],
)
async def test_a_document_that_is_too_large_is_refused(api: Api, query: str, says: str) -> None:
    with api.statements() as statements:
        ((code, message),) = await api.errors(query)

    assert code == DocumentTooLarge.code
    assert message.startswith(f"The document has {says}")
    assert statements == []


@pytest.mark.parametrize(
    "query",
    [
        get_introspection_query(),
        "{" + " ".join(f"a{n}: __typename" for n in range(100)) + "}",
        "{ __typename ...A } fragment A on Query { ...B } fragment B on Query { __typename }",
    ],
    ids=lambda value: value[:20],
)
async def test_a_document_within_the_limits_is_executed(api: Api, query: str) -> None:
    assert await api.data(query)


@pytest.mark.parametrize(
    "query",
    [
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "{ ...Nowhere }",
        "{ __typename } fragment A on Query { __typename }",
    ],
)
async def test_fragments_that_come_round_or_lead_nowhere_are_refused_by_the_validation(
    api: Api, query: str
) -> None:
    assert {code for code, _ in await api.errors(query)} == {"BAD_USER_INPUT"}


async def test_the_same_document_again_is_refused_again(api: Api) -> None:
    assert await api.errors(BOMB + END) == await api.errors(BOMB + END)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, str]:
    """A document with fragments that spread later ones, and the same with all in their places."""
    count = draw(st.integers(0, 5))

    def selection(number: int, depth: int) -> tuple[str, str]:
        parts, flat = list[str](), list[str]()
        for _ in range(draw(st.integers(1, 3))):
            kind = draw(st.sampled_from(["field", "alias", "inline", "spread", "nested"]))
            directive = draw(st.sampled_from(["", " @d", " @d @e"]))
            if kind == "spread" and number < count:
                other = draw(st.integers(number, count - 1))
                parts.append(f"...F{other}{directive}")
                flat.append(f"... @spread{directive} {{ {inlined[other]} }}")
            elif kind == "nested" and depth:
                inner, inner_flat = selection(number, depth - 1)
                parts.append(f"n{directive} {{ {inner} }}")
                flat.append(f"n{directive} {{ {inner_flat} }}")
            elif kind == "inline" and depth:
                inner, inner_flat = selection(number, depth - 1)
                parts.append(f"...{directive} {{ {inner} }}")
                flat.append(f"...{directive} {{ {inner_flat} }}")
            else:
                name = "a: f" if kind == "alias" else "f"
                parts.append(name + directive)
                flat.append(name + directive)
        return " ".join(parts), " ".join(flat)

    texts: dict[int, str] = {}
    inlined: dict[int, str] = {}
    for number in reversed(range(count)):
        texts[number], inlined[number] = selection(number + 1, 2)
    main, flat = selection(0, 2)
    defined = " ".join(f"fragment F{n} on Q {{ {text} }}" for n, text in texts.items())
    return f"{{ {main} }} {defined}", f"{{ {flat} }}"


@settings(max_examples=200, deadline=None)
@given(documents())
def test_a_document_is_as_large_as_with_all_fragments_in_their_places(
    both: tuple[str, str],
) -> None:
    whole, flat = (measured(parse(text)) for text in both)
    spreads = both[1].count("@spread")

    assert whole.spreads == spreads
    assert flat == Size(whole.depth, whole.fields, whole.aliases, whole.directives + spreads, 0)


def test_sizes_beside_each_other_add_up_but_for_the_depth() -> None:
    sizes = [Size(3, 1, 2, 3, 4), Size(2, 10, 20, 30, 40), Size()]

    for one, other in pairwise(sizes):
        assert one.beside(other) == other.beside(one)
    assert sizes[0].beside(sizes[1]) == Size(3, 11, 22, 33, 44)


DOCUMENTS = from_schema(BUILT, custom_scalars=SCALARS)
BETWEEN = st.sampled_from(["", " ", ",", "\n", ' # words { "\n', "\ufeff"])
MORE = st.sampled_from(
    [
        '"',
        '"""',
        '""',
        '"a\\"b"',
        '"""a\\"""b"c"""',
        "#",
        "-1.5e+3",
        "1",
        "...",
        "a_1",
        "&",
        "$",
        "\\",
    ]
)


@settings(max_examples=100, deadline=None)
@given(
    text=DOCUMENTS | st.lists(MORE | BETWEEN, max_size=20).map("".join),
    between=BETWEEN,
    number=st.integers(0, 60),
)
def test_tokens_are_counted_as_the_parser_counts_them(text: str, between: str, number: int) -> None:
    document = between + text + between
    lexer, count = Lexer(Source(document)), 0
    try:
        while lexer.advance().kind is not TokenKind.EOF:
            count += 1
    except GraphQLSyntaxError:
        # Not of a document, which is refused either way.
        return

    for most in (number, count - 1, count):
        if 0 <= most < len(document):
            assert has_more_tokens(document, most) == (count > most)
    assert not has_more_tokens(document, len(document))
