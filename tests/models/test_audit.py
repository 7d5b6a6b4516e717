"""An export of the ledger is verified, and nothing that is done to it goes unnoticed."""

from io import BytesIO
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from graph_api.client.ledger import LedgerChange
from graph_api.models.audit import verified
from graph_api.models.ledger import GENESIS, Change, Drawn, chained

pytestmark = pytest.mark.no_bytes

WORDS = st.text(st.characters(codec="utf-8"), max_size=6)
SAID = st.lists(st.tuples(WORDS, WORDS, st.lists(WORDS, max_size=3)), min_size=1, max_size=5)


def chain(said: list[tuple[str, str, list[str]]]) -> list[Change]:
    """Changes of a ledger, of which this is said."""
    made: list[Change] = []
    for seq, (by, what, subjects) in enumerate(said, 1):
        drawn = Drawn(seq=seq, at=seq * 10, previous=made[-1].hash if made else GENESIS)
        made.append(chained(drawn, by, what, subjects))
    return made


def line(change: Change) -> bytes:
    """The line of an export, as the client writes it."""
    said: dict[str, Any] = {**change.model_dump(), "subjects": [*change.subjects]}
    return LedgerChange(**said).line()


def fault(lines: list[bytes], **noted: Any) -> str | None:
    return verified(BytesIO(b"".join(lines)), **noted).fault


THREE = chain([("ada", "Project created", ["p"]), ("bob", "Übung", []), ("ada", "\x00\x7f", ["q"])])
LINES = [*map(line, THREE)]
HASHES = [change.hash for change in THREE]


@given(SAID)
def test_an_export_of_whatever_was_said_is_right(said: list[tuple[str, str, list[str]]]) -> None:
    changes = chain(said)

    found = verified([*map(line, changes)])

    assert (found.first, found.last, found.fault) == (changes[0], changes[-1], None)


def test_an_export_of_nothing_is_right_and_has_nothing() -> None:
    assert verified([]).model_dump() == {"first": None, "last": None, "fault": None}


@given(said=SAID, data=st.data())
def test_whatever_byte_is_altered_put_in_or_left_out_the_line_is_told(
    said: list[tuple[str, str, list[str]]], data: st.DataObject
) -> None:
    changes = chain(said)
    whole = b"".join(map(line, changes))
    place = data.draw(st.integers(0, len(whole)))
    put = data.draw(st.sampled_from([b"", b" ", b"\n", b"0", b'"', b"\\", b","]) | st.binary())
    rest = data.draw(st.integers(0, 1))
    altered = whole[:place] + put + whole[place + rest :]
    # One at the end is a line that was left out, or was put in.
    right = whole[:place].count(b"\n")
    assume(altered != whole and not whole.startswith(altered))

    found = verified(BytesIO(altered))

    assert found.fault
    assert (found.last.seq if found.last else 0) == right


@given(said=SAID, data=st.data())
def test_a_change_that_is_forged_with_its_hash_is_found_by_the_next_or_by_what_was_noted(
    said: list[tuple[str, str, list[str]]], data: st.DataObject
) -> None:
    changes = chain(said)
    place = data.draw(st.integers(0, len(changes) - 1))
    true = changes[place]
    told = {"by": data.draw(WORDS), "at": data.draw(st.integers(1, 100))}
    said_instead: dict[str, Any] = {**true.model_dump(), **told}
    drawn = Drawn.model_validate(said_instead)
    forged = chained(drawn, said_instead["by"], true.what, [*true.subjects])
    assume(forged != true)
    lines = [*map(line, changes)]
    lines[place] = line(forged)

    assert fault(lines, head=changes[-1].hash)
    if place < len(changes) - 1:
        assert fault(lines)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (LINES[1:], "After change 0 comes 2, where 1 belongs"),
        ([LINES[0], LINES[2]], "After change 1 comes 3, where 2 belongs"),
        ([LINES[0], LINES[0]], "After change 1 comes 1, where 2 belongs"),
        ([LINES[1], LINES[0], LINES[2]], "After change 0 comes 2, where 1 belongs"),
        ([*LINES, b"\n"], "Change 4 cannot be read: line 4 is cut off, or not as"),
        ([*LINES[:2], LINES[2][:-1]], "Change 3 cannot be read: line 3 is cut off, or not as"),
        ([*LINES[:2], LINES[2][:40]], "Change 3 cannot be read: line 3 is cut off, or not as"),
        ([LINES[0].replace(b'"seq":1', b'"seq":1.0')], "Change 1 cannot be read"),
        ([LINES[0].replace(b'"seq":1', b'"seq":9007199254740993')], "Change 1 cannot be read"),
        ([LINES[0].replace(b"{", b'{"also":1,')], "Change 1 cannot be read"),
        ([LINES[0].replace(b"ada", b"eve")], "Change 1 was altered after it was written"),
        (
            [LINES[0], line(THREE[1].model_copy(update={"previous": HASHES[2]})), LINES[2]],
            f"Change 2 names {HASHES[2][:12]}… as the one before it; that is {HASHES[0][:12]}…",
        ),
        (
            [
                LINES[0],
                line(chained(Drawn(seq=2, at=10, previous=HASHES[0]), "bob", "Übung", [])),
            ],
            "Change 2 is not later than the one before it: its time is wrong.",
        ),
    ],
)
def test_the_first_fault_is_told_by_its_number(lines: list[bytes], says: str) -> None:
    told = fault(lines)

    assert told
    assert told.startswith(says)


@pytest.mark.parametrize(
    ("lines", "noted", "says"),
    [
        (LINES, {"seq": 3, "head": HASHES[2]}, None),
        # It went on since.
        (LINES, {"seq": 2, "head": HASHES[1]}, None),
        (LINES, {"head": HASHES[0]}, None),
        (LINES[:2], {}, None),
        (
            LINES[:2],
            {"seq": 3},
            f"There is no change 3, which was noted. It ends with change 2, {HASHES[1]}: ",
        ),
        (LINES[:2], {"head": HASHES[2]}, f"There is no change with the hash {HASHES[2]}, which "),
        (LINES, {"seq": 2, "head": HASHES[2]}, f"There is no change 2 with the hash {HASHES[2]}, "),
        ([], {"seq": 1}, "There is no change 1, which was noted. It is empty: "),
    ],
)
def test_what_is_missing_at_the_end_is_told_by_what_was_noted(
    lines: list[bytes], noted: dict[str, Any], says: str | None
) -> None:
    told = fault(lines, **noted)

    assert (told and told[: len(says or "")]) == says
