"""Objects as files: the suffix of a path says in which format an object is saved, and read again.

All formats are open ones that run nothing when they are read. A pickle, which runs what it likes,
is read only for who asks for it.
"""

import json
import pickle
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePosixPath
from types import ModuleType
from typing import Any, BinaryIO, cast

from graph_api.client.errors import (
    CannotRead,
    CannotSave,
    GraphApiError,
    PackageMissing,
    PickleRefused,
    PickleRisk,
    SeveralFiles,
    UntrustedTypes,
)

PICKLE = ".pkl"
_MODELS = (".safetensors", ".onnx", ".skops")

# The modes that an image has again when it is read; PNG would keep another in place of the rest.
_MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")
# Key in the schema of a Parquet file: it was a Table, though it came from pandas, which left a key.
_TABLE = b"graph-api.table"


@dataclass(frozen=True, slots=True)
class _Format:
    """What a format is for, in words and as a test; the package of which it needs a module."""

    holds: str
    takes: Callable[[object], bool]
    package: str
    module: str


def write(thing: object, path: str, sink: BinaryIO) -> None:
    """Write the object in the format of the path's suffix.

    :class:`CannotSave` if that is none, or none for such an object.
    """
    kind, suffix = _kind(thing), _suffix(path)
    format = _FORMATS.get(suffix)
    if format is None or not format.takes(thing):
        why = f"{suffix} is for {format.holds}" if format else "the name says no format of objects"
        fitting = next(suffix for suffix, format in _FORMATS.items() if format.takes(thing))
        if_it_can = ", if skops can save it" if fitting == ".skops" else ""
        raise CannotSave(kind, path, why, f"Let the name end in {fitting}{if_it_can}.")
    _imported(format.module, format.package, path)
    try:
        _write(suffix, thing, sink)
    # Each library has its own errors for what it cannot hold, with nothing in common.
    except Exception as error:
        raise CannotSave(kind, path, _reason(error)) from error


def reader(
    artifact: str, path: str, trusted: Sequence[str], *, trust_pickle: bool
) -> Callable[[BinaryIO], Any]:
    """What makes the object of the file's bytes; what does not depend on these is refused now.

    :class:`CannotRead`, :class:`PickleRefused`, :class:`UntrustedTypes`.
    """
    suffix = _suffix(path)
    if suffix == PICKLE:
        if not trust_pickle:
            raise PickleRefused(artifact, path)
        warnings.warn(
            f"The pickle {path!r} of {artifact} runs whatever code its maker put in, with all your "
            "rights; load it only if you trust them.",
            PickleRisk,
            stacklevel=4,
        )
    elif suffix in _FORMATS:
        _imported(_FORMATS[suffix].module, _FORMATS[suffix].package, path)
    else:
        known = ", ".join(_FORMATS)
        raise _cannot_read(artifact, path, f"only names that end in {known} are of objects")

    def trust(types: list[str]) -> list[str]:
        if unknown := sorted(set(types).difference(trusted)):
            raise UntrustedTypes(artifact, path, unknown)
        return types

    def read(stream: BinaryIO) -> Any:
        try:
            return _read(suffix, stream, trust)
        except GraphApiError:
            raise
        except Exception as error:
            raise _cannot_read(artifact, path, _reason(error)) from error

    return read


def model_name(model: object) -> str:
    """The path of a model in its artifact, in the format for models that takes it."""
    return "model" + next(suffix for suffix in _MODELS if _FORMATS[suffix].takes(model))


def model_path(artifact: str, paths: Iterable[str]) -> str:
    """The one path among them that a model has."""
    suffixes = (*_MODELS, PICKLE)
    found = [path for path in paths if _suffix(path) in suffixes]
    if len(found) != 1:
        raise SeveralFiles(f"{artifact} (of those that end in {', '.join(suffixes)})", len(found))
    return found[0]


def _write(suffix: str, thing: Any, sink: BinaryIO) -> None:
    match suffix:
        case ".parquet":
            _write_table(thing, sink)
        case ".npy":
            import_module("numpy").save(sink, thing, allow_pickle=False)
        case ".png":
            if thing.mode not in _MODES or getattr(thing, "n_frames", 1) > 1:
                raise ValueError(f"PNG keeps one frame, in one of the modes {', '.join(_MODES)}")
            thing.save(sink, "png")
        case ".onnx":
            if any(tensor.data_location == tensor.EXTERNAL for tensor in thing.graph.initializer):
                raise ValueError("it has tensors in other files; let onnx load those first")
            sink.write(thing.SerializeToString(deterministic=True))
        case ".safetensors":
            sink.write(_from_tensors(thing))
        case ".json":
            text = json.dumps(thing, ensure_ascii=False, allow_nan=False)
            if json.loads(text) != thing:
                raise ValueError("JSON has lists, but no tuples, and only texts for keys")
            sink.write(text.encode())
        case _:
            skops = import_module("skops.io")
            data = skops.dumps(thing)
            # It saves what it can never load, a lambda for one: to be told so now, not in a year.
            skops.loads(data, trusted=skops.get_untrusted_types(data=data))
            sink.write(data)


def _read(suffix: str, stream: BinaryIO, trust: Callable[[list[str]], list[str]]) -> Any:
    match suffix:
        case ".parquet":
            return _read_table(stream)
        case ".npy":
            return import_module("numpy.lib.format").read_array(stream, allow_pickle=False)
        case ".png":
            image = import_module("PIL.Image").open(stream, formats=["png"])
            image.load()
            return image
        case ".onnx":
            return import_module("onnx").load_model_from_string(stream.read())
        case ".safetensors":
            return _to_tensors(stream.read())
        case ".json":
            return json.load(stream)
        case ".pkl":
            return pickle.load(stream)  # noqa: S301
        case _:
            skops, data = import_module("skops.io"), stream.read()
            return skops.loads(data, trusted=trust(skops.get_untrusted_types(data=data)))


def _write_table(table: Any, sink: BinaryIO) -> None:
    if _is(table, "pandas.DataFrame"):
        table.to_parquet(sink, engine="pyarrow")
        return
    said: dict[bytes, bytes] = table.schema.metadata or {}
    if b"pandas" in said:
        table = table.replace_schema_metadata({**said, _TABLE: b""})
    import_module("pyarrow.parquet").write_table(table, sink)


def _read_table(stream: BinaryIO) -> Any:
    """A DataFrame if pandas wrote it, else a Table."""
    parquet = import_module("pyarrow.parquet")
    said: dict[bytes, bytes] = parquet.read_schema(stream).metadata or {}
    stream.seek(0)
    if b"pandas" in said and _TABLE not in said:
        return _imported("pandas", "pandas", "A DataFrame").read_parquet(stream, engine="pyarrow")
    said.pop(_TABLE, None)
    return parquet.read_table(stream).replace_schema_metadata(said or None)


def _from_tensors(tensors: dict[str, Any]) -> bytes:
    if all(_is(tensor, "numpy.ndarray") for tensor in tensors.values()):
        # safetensors takes memory as it lies: of a transposed array it would save another.
        in_order = import_module("numpy").asarray
        laid = {name: in_order(tensor, order="C") for name, tensor in tensors.items()}
        return import_module("safetensors.numpy").save(laid, {"format": "np"})
    laid = {name: tensor.contiguous() for name, tensor in tensors.items()}
    return import_module("safetensors.torch").save(laid, {"format": "pt"})


def _to_tensors(data: bytes) -> dict[str, Any]:
    """Those of PyTorch if the file says that it is of these, else numpy's arrays."""
    size = int.from_bytes(data[:8], "little")
    said: dict[str, str] = json.loads(data[8 : 8 + size]).get("__metadata__", {})
    if said.get("format") != "pt":
        return import_module("safetensors.numpy").load(data)
    _imported("torch", "torch", "A tensor of PyTorch")
    return import_module("safetensors.torch").load(data)


def _imported(module: str, package: str, purpose: str) -> ModuleType:
    try:
        return import_module(module)
    except ImportError as error:
        raise PackageMissing(package, purpose, f"graph-api[{package}]") from error


def _is(thing: object, name: str) -> bool:
    """Whether it is of just that class: whoever has such an object has imported the module."""
    module, _, qualified = name.rpartition(".")
    return type(thing) is getattr(sys.modules.get(module), qualified, None)


def _is_image(thing: object) -> bool:
    pillow = sys.modules.get("PIL.Image")
    return pillow is not None and isinstance(thing, pillow.Image)


def _is_tensor(thing: object) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(thing, torch.Tensor)


def _are_tensors(thing: object) -> bool:
    if not isinstance(thing, dict):
        return False
    named = cast("dict[object, object]", thing)
    return all(isinstance(name, str) for name in named) and (
        all(_is(value, "numpy.ndarray") for value in named.values())
        or all(map(_is_tensor, named.values()))
    )


def _cannot_read(artifact: str, path: str, reason: str) -> CannotRead:
    what = f"An object in {path!r} of {artifact}"
    return CannotRead(what, reason, "open() and load() give its bytes.")


def _kind(thing: object) -> str:
    return f"{type(thing).__module__}.{type(thing).__qualname__}".removeprefix("builtins.")


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


# The first that takes an object is the one that its user is told of, so what takes all comes last.
_FORMATS = {
    ".parquet": _Format(
        "a pandas DataFrame or a pyarrow Table",
        lambda thing: _is(thing, "pandas.DataFrame") or _is(thing, "pyarrow.Table"),
        "pyarrow",
        "pyarrow.parquet",
    ),
    ".npy": _Format(
        "a numpy array", lambda thing: _is(thing, "numpy.ndarray"), "numpy", "numpy.lib.format"
    ),
    ".png": _Format("an image of Pillow", _is_image, "pillow", "PIL.Image"),
    ".onnx": _Format("an ONNX model", lambda thing: _is(thing, "onnx.ModelProto"), "onnx", "onnx"),
    ".safetensors": _Format(
        "a dict of numpy arrays, or of PyTorch's tensors",
        _are_tensors,
        "safetensors",
        "safetensors",
    ),
    ".json": _Format("lists and dicts", lambda thing: isinstance(thing, (dict, list)), "", "json"),
    ".skops": _Format("estimators", lambda _: True, "skops", "skops.io"),
}
