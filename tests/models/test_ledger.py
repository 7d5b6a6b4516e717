"""Moments, as they are named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.errors import BadInput
from graph_api.models import instant
from graph_api.models.ledger import AsOf

pytestmark = pytest.mark.no_bytes


@pytest.mark.parametrize(
    ("said", "seq", "at"),
    [
        (0, 0, None),
        (7, 7, None),
        ("7", 7, None),
        ("9007199254740993", 2**53 + 1, None),
        (2**63 - 2, 2**63 - 2, None),
        ("1970-01-01T00:00:00Z", None, 0),
        ("1970-01-01T00:00:01.5z", None, 1_500_000),
        ("1970-01-01t01:00:00+01:00", None, 0),
        ("1969-12-31T23:59:59.999999Z", None, -1),
        # To the microsecond before.
        ("1970-01-01T00:00:00.0000019Z", None, 1),
    ],
)
def test_a_moment_is_a_seq_or_a_time(said: object, seq: int | None, at: int | None) -> None:
    assert AsOf.of(said) == AsOf(seq=seq, at=at)


@given(st.integers(0, 4 * 10**15))
def test_a_time_that_was_shown_names_the_same_microsecond(at: int) -> None:
    assert AsOf.of(instant.of(at).isoformat()) == AsOf(at=at)


@pytest.mark.parametrize(
    "said",
    [
        *(
            "",
            "now",
            "2026-11-22",
            "2026-11-22T18:00:00",
            "2026-11-22 18:00:00Z",
            "20261122T180000Z",
        ),
        *(
            "2026-13-22T18:00:00Z",
            "9999-12-31T23:59:59-14:00",
            "2026-11-22T18:00:60Z",
            "2026-W47-7T18:00:00Z",
            "\u0667",
            "1.0",
            "+1",
        ),
        *(True, 1.0, None, [1], {"seq": 1}, "99999999999999999999"),
    ],
)
def test_what_is_neither_is_refused(said: object) -> None:
    with pytest.raises(BadInput, match=r"asOf is .*; it is the seq of a change, or a time with"):
        AsOf.of(said)


@pytest.mark.parametrize("said", [-1, "-1", 2**63 - 1, "9999999999999999999"])
def test_a_seq_is_from_0(said: object) -> None:
    with pytest.raises(BadInput, match=rf"asOf is {said}; a seq is a number from 0"):
        AsOf.of(said)
