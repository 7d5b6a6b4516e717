"""Models as bytes: skops, which runs no code of the file, and pickle for who asks for it."""

import pickle
import warnings
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

from graph_api.client.errors import (
    PackageMissing,
    PickleRefused,
    PickleRisk,
    SeveralFiles,
    UntrustedTypes,
)

if TYPE_CHECKING:
    from graph_api.client.artifact import Artifact

Serializer = Literal["skops", "pickle"]

_SUFFIXES: dict[Serializer, str] = {"skops": ".skops", "pickle": ".pkl"}


def file_name(serializer: Serializer) -> str:
    """Path of the model in its artifact."""
    return f"model{_SUFFIXES[serializer]}"


def dumped(model: object, serializer: Serializer) -> bytes:
    """The model in that format."""
    return pickle.dumps(model) if serializer == "pickle" else _skops().dumps(model)


def load(artifact: "Artifact", trusted: Sequence[str], *, trust_pickle: bool) -> Any:
    """The model that an artifact holds, its only one.

    :class:`UntrustedTypes` or :class:`PickleRefused` before any of it is made, where the caller
    does not trust it.
    """
    suffixes = tuple(_SUFFIXES.values())
    saved = [file.path for file in artifact.files() if file.path.endswith(suffixes)]
    if len(saved) != 1:
        raise SeveralFiles(f"{artifact} (of those that end in {' or '.join(suffixes)})", len(saved))
    if saved[0].endswith(_SUFFIXES["pickle"]):
        return _unpickled(artifact, saved[0], trust_pickle=trust_pickle)
    skops, data = _skops(), artifact.load(saved[0]).getvalue()
    unknown = sorted(set(skops.get_untrusted_types(data=data)) - set(trusted))
    if unknown:
        raise UntrustedTypes(str(artifact), unknown)
    return skops.loads(data, trusted=list(trusted))


def _unpickled(artifact: "Artifact", path: str, *, trust_pickle: bool) -> Any:
    if not trust_pickle:
        raise PickleRefused(str(artifact))
    warnings.warn(
        f"The pickle of {artifact} runs whatever code its maker put in, with all your rights; "
        "load it only if you trust them.",
        PickleRisk,
        stacklevel=4,
    )
    return pickle.load(artifact.load(path))  # noqa: S301


def _skops() -> ModuleType:
    try:
        return import_module("skops.io")
    except ImportError as error:
        raise PackageMissing("skops", "Saving or loading a model") from error
