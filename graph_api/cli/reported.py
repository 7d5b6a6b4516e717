"""Errors as a sentence on stderr, and an exit code."""

import functools
import sys
from collections.abc import Callable
from typing import NoReturn, ParamSpec, TypeVar

import typer

from graph_api.client.errors import GraphApiError

_P = ParamSpec("_P")
_R = TypeVar("_R")


def reported(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """The command; what a user can act on ends it with its sentence and exit code 1."""

    @functools.wraps(command)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return command(*args, **kwargs)
        except GraphApiError as error:
            fail(str(error), error)
        except OSError as error:
            fail(str(error), error)
        except KeyboardInterrupt as error:
            raise typer.Exit(130) from error

    return run


def fail(message: str, cause: BaseException | None = None) -> NoReturn:
    """End the command with this message."""
    print(f"graph-api: {message}", file=sys.stderr)
    raise typer.Exit(1) from cause
