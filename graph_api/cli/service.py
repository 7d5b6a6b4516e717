"""Commands that run the service on this machine."""

import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from graph_api.cli.output import print_tree
from graph_api.cli.reported import fail, reported
from graph_api.client.client import Client

_PROJECT = "digits"
_STOP_SECONDS = 5


@reported
def serve() -> None:
    """Start the service, with a Neo4j of its own unless one is named by GRAPH_API_NEO4J_URI.

    Its data is in ./data (GRAPH_API_DATA), its address is 127.0.0.1:8000 (GRAPH_API_HOST,
    GRAPH_API_PORT). It runs until Ctrl-C.
    """

    def ready(url: str) -> None:
        print(f"Serving at {url}", f"GraphiQL  {url}/graphql", "Ctrl-C stops it.", sep="\n")

    _serve(ready)


@reported
def demo() -> None:
    """Start the service, run a real pipeline against it, show its lineage, and keep serving.

    The pipeline learns to read handwritten digits; it is examples/digits.py.
    """
    for package in ("sklearn", "skops"):
        if importlib.util.find_spec(package) is None:
            fail(f"The demo needs {package}; run: pip install '.[server,examples]'")
    _serve(_run_demo)


def _serve(ready: Callable[[str], None]) -> None:
    try:
        from graph_api.errors import GraphApiError
        from graph_api.settings import chosen
        from graph_api.supervisor.serve import serve as supervise
    except ModuleNotFoundError as error:
        fail(f"The server is not installed ({error.name} is missing); run: pip install '.[server]'")
    steps = _Steps()

    def on_ready(url: str) -> None:
        steps.end()
        ready(url)
        sys.stdout.flush()

    try:
        supervise(chosen(), on_ready=on_ready, progress=steps.show)
    except (GraphApiError, ValueError) as error:
        steps.end()
        fail(str(error), error)
    finally:
        steps.end()
    print("\nStopped.")


def _run_demo(url: str) -> None:
    from graph_api.settings import child_environment

    print(f"Serving at {url}; running the digits pipeline against it …\n", flush=True)
    with tempfile.TemporaryFile() as said:
        # In a session of its own, so that Ctrl-C reaches it through us, once.
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, str(_example())],
            env=child_environment(GRAPH_API_URL=url, GRAPH_API_PROJECT=_PROJECT),
            stderr=said,
            start_new_session=True,
        )
        try:
            code = process.wait()
        except BaseException:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            raise
        if code != 0:
            said.seek(0)
            print(said.read().decode(errors="replace"), file=sys.stderr)
            fail(f"The digits pipeline ended with exit code {code}.")
    with Client(url, project=_PROJECT) as client:
        lineage = client.artifact("model-card:latest").upstream()
    print("\nWhat it came from, according to the service:\n", flush=True)
    print_tree(lineage)
    print(
        f"\nGraphiQL  {url}/graphql",
        f"Again     graph-api lineage model-card --project {_PROJECT}"
        + ("" if url.endswith(":8000") else f" --url {url}"),
        "Ctrl-C stops the service; its data stays.",
        sep="\n",
    )


def _example() -> Path:
    """The pipeline as the wheel has it, or as the repository does."""
    package = Path(__file__).parents[1]
    installed = package / "examples" / "digits.py"
    return installed if installed.exists() else package.parent / "examples" / "digits.py"


class _Steps:
    """What the start is doing: a moving line on a terminal, else a line per step."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("Starting", total=None)
        self._step = ""
        self._bar.start()

    def show(self, step: str, share: float | None) -> None:
        """What is being done, and the share of it that is done."""
        if step != self._step:
            self._step = step
            if not self._console.is_terminal:
                print(f"{step} …", file=sys.stderr, flush=True)
        self._bar.update(
            self._task, description=step, total=None if share is None else 1.0, completed=share
        )

    def end(self) -> None:
        """The start is over."""
        self._bar.stop()
