"""The bench's own statements."""

from pathlib import Path
from typing import LiteralString, cast


def statement(name: str) -> LiteralString:
    """The named file of ``bench/cypher/``."""
    # As trusted as source, and so for the driver; no value is pasted into one.
    path = Path(__file__).with_name("cypher") / f"{name}.cypher"
    return cast("LiteralString", path.read_text("utf-8"))
