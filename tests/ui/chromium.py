"""The machine's own Chromium; Playwright's download is never used."""

import shutil
from pathlib import Path

from tests.environment import environment, missing

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/usr/lib/chromium/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)

# Nothing that Chromium does on its own account may look like a request of the page.
ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


def chromium() -> Path:
    """The one that GRAPH_API_TEST_CHROMIUM names, else the first of this machine."""
    given = environment.chromium
    names = (given,) if given else NAMES
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        missing("Chromium", f"install one, or name it by GRAPH_API_TEST_CHROMIUM ({given!r}).")
    return Path(found)
