"""Prints what the gates see in the tree of the working directory: ``python -m tests.structure``."""

import sys
from pathlib import Path

from tests.structure import gates, imported

violations = [violation for gate in gates.GATES + imported.GATES for violation in gate(Path())]
print("\n".join(violations))
sys.exit(bool(violations))
