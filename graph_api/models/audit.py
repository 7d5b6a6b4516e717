"""An export of the ledger, which is verified without the service: a change a line.

A line is the canonical JSON (RFC 8785) of all keys of a change, its hash among them, and a line
feed. So no byte of it can be another unnoticed; but lines that are missing at the end can.
"""

from collections.abc import Iterable

import rfc8785
from pydantic import BaseModel, ValidationError

from graph_api.models.ledger import Change, faults


class Verified(BaseModel, frozen=True):
    """How far an export is right, and what is wrong with it then."""

    first: Change | None
    """None where no change is right."""
    last: Change | None
    """As many changes are right as its seq says."""
    fault: str | None
    """A sentence; None where nothing is wrong."""


def verified(lines: Iterable[bytes], seq: int | None = None, head: str | None = None) -> Verified:
    """An export, read up to its first fault; in memory is one line at a time.

    ``seq`` and ``head`` are the number and the hash of a change that was noted elsewhere, and that
    has to be there: with it, all up to it is what it was then.
    """
    first = last = None
    noted = seq is None and head is None
    for number, line in enumerate(lines, 1):
        change = _change(line)
        if change is None:
            says = [
                f"Change {number} cannot be read: line {number} is cut off, or not as "
                "docs/ledger.md says."
            ]
        else:
            says = faults(last, change)
        if change is None or says:
            return Verified(first=first, last=last, fault=says[0])
        first, last = first or change, change
        noted = noted or (seq in (None, change.seq) and head in (None, change.hash))
    fault = None if noted else _missing(last, seq, head)
    return Verified(first=first, last=last, fault=fault)


def _change(line: bytes) -> Change | None:
    """The change of a line, None where it is written in any other way."""
    try:
        change = Change.model_validate_json(line, strict=True)
        written = rfc8785.dumps(change.model_dump()) + b"\n"
    except (ValidationError, rfc8785.CanonicalizationError):
        return None
    return change if written == line else None


def _missing(last: Change | None, seq: int | None, head: str | None) -> str:
    number = "" if seq is None else f" {seq}"
    digest = "" if head is None else f" with the hash {head}"
    end = f"It ends with change {last.seq}, {last.hash}" if last else "It is empty"
    return (
        f"There is no change{number}{digest}, which was noted. {end}: later ones are missing, or "
        "it is another ledger."
    )
