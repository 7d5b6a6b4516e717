"""Models as bytes: skops, which unlike pickle runs no code of the file."""

from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Any

from graph_api.client.errors import PackageMissing, UntrustedTypes

SUFFIX = ".skops"


def dumped(model: object) -> bytes:
    """The model in the format of skops."""
    return _skops().dumps(model)


def loaded(data: bytes, artifact: str, trusted: Sequence[str] = ()) -> Any:
    """The model; :class:`UntrustedTypes` before any of it is made, if it holds other types."""
    skops = _skops()
    unknown = sorted(set(skops.get_untrusted_types(data=data)) - set(trusted))
    if unknown:
        raise UntrustedTypes(artifact, unknown)
    return skops.loads(data, trusted=list(trusted))


def _skops() -> ModuleType:
    try:
        return import_module("skops.io")
    except ImportError as error:
        raise PackageMissing("skops", "Saving or loading a model") from error
