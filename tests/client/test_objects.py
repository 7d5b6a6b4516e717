"""What is written of an object and what comes back of that, in each format."""

import subprocess
import sys
from importlib import import_module
from io import BytesIO
from math import isfinite
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import graph_api as ga
from graph_api import Artifact
from graph_api.client import objects
from graph_api.settings import child_environment

arrays: Any = import_module("hypothesis.extra.numpy")
frames: Any = import_module("hypothesis.extra.pandas")
arrow: Any = import_module("pyarrow")
parquet: Any = import_module("pyarrow.parquet")
numpy: Any = import_module("numpy")
pandas: Any = import_module("pandas")
pillow: Any = import_module("PIL.Image")

EVERY = (".parquet", ".npy", ".png", ".onnx", ".safetensors", ".json", ".skops")
LIBRARIES = {"numpy", "onnx", "pandas", "PIL", "pyarrow", "safetensors", "sklearn", "skops"}


def read(data: bytes, name: str) -> Any:
    return objects.reader("data:v0", name, (), trust_pickle=False)(BytesIO(data))


def written(thing: object, name: str) -> bytes:
    sink = BytesIO()
    objects.write(thing, name, sink)
    return sink.getvalue()


def back(thing: object, name: str) -> Any:
    return read(written(thing, name), name)


def laid_out(array: Any, data: st.DataObject) -> Any:
    """The same, or a view of it: transposed, backwards, every second."""
    views = [array, array.T, array[::-1], array[::2]] if array.ndim else [array]
    return data.draw(st.sampled_from(views))


def assert_same_array(found: Any, array: Any) -> None:
    assert (type(found), found.dtype, found.shape) == (numpy.ndarray, array.dtype, array.shape)
    assert found.tobytes() == array.tobytes()


@pytest.mark.filterwarnings("ignore:Stored array in format:UserWarning")
@settings(deadline=None)
@given(
    array=arrays.arrays(
        st.one_of(
            arrays.scalar_dtypes(),
            arrays.unicode_string_dtypes(),
            arrays.array_dtypes(arrays.integer_dtypes(), allow_subarrays=False),
        ),
        arrays.array_shapes(min_dims=0, min_side=0),
    ),
    data=st.data(),
)
def test_an_array_comes_back_however_it_lies_in_memory(array: Any, data: st.DataObject) -> None:
    view = laid_out(array, data)

    assert_same_array(back(view, "a.npy"), view)


@settings(deadline=None)
@given(
    array=arrays.arrays(
        st.one_of(
            arrays.boolean_dtypes(),
            arrays.integer_dtypes(),
            arrays.unsigned_integer_dtypes(),
            arrays.floating_dtypes(sizes=(16, 32, 64)),
        ),
        arrays.array_shapes(min_dims=0, min_side=0),
    ),
    name=st.text(),
    data=st.data(),
)
def test_a_dict_of_arrays_comes_back_however_they_lie_in_memory(
    array: Any, name: str, data: st.DataObject
) -> None:
    assume(name != "__metadata__")
    view = laid_out(array, data)

    found = back({name: view, "other": numpy.ones(2)}, "weights.safetensors")

    assert found.keys() == {name, "other"}
    if name != "other":
        # It has the machine's byte order; the numbers are the same.
        assert_same_array(found[name], view.astype(view.dtype.newbyteorder("=")))


@settings(deadline=None, max_examples=30)
@given(
    frames.data_frames(
        columns=[
            frames.column("whole", dtype="int64"),
            frames.column("real", dtype="float32"),
            frames.column("time", dtype="datetime64[ns]"),
            frames.column("text", elements=st.text(st.characters(codec="utf-8")), dtype="str"),
            frames.column("flag", dtype="bool"),
        ],
        index=frames.indexes(dtype="int64"),
    )
)
def test_a_dataframe_comes_back_with_its_types_and_its_index(frame: Any) -> None:
    if len(frame):
        # Of a column without values Parquet keeps no categories.
        frame["kind"] = pandas.Categorical.from_codes([0] * len(frame), ["a", "b"], ordered=True)
    frame.attrs = {"unit": "mm"}

    found = back(frame, "train.parquet")

    pandas.testing.assert_frame_equal(found, frame)
    assert found.attrs == {"unit": "mm"}


@pytest.mark.parametrize("metadata", [None, {b"unit": b"mm"}])
def test_a_table_comes_back_as_one_even_if_it_came_from_pandas(metadata: Any) -> None:
    plain = arrow.table({"a": [1, None], "b": [["x"], []]}).replace_schema_metadata(metadata)
    of_pandas = arrow.Table.from_pandas(pandas.DataFrame({"a": [1.5]}, index=["x"]))

    for table in (plain, of_pandas):
        found = back(table, "train.parquet")
        assert type(found) is arrow.Table
        assert (found.equals(table), found.schema.metadata) == (True, table.schema.metadata)


@settings(deadline=None)
@given(
    mode=st.sampled_from(["1", "L", "LA", "P", "RGB", "RGBA", "I;16"]),
    width=st.integers(1, 9),
    height=st.integers(1, 9),
    data=st.data(),
)
def test_an_image_comes_back_with_each_pixel(
    mode: str, width: int, height: int, data: st.DataObject
) -> None:
    image = pillow.new(mode, (width, height))
    size = len(image.tobytes())
    image.frombytes(data.draw(st.binary(min_size=size, max_size=size)))
    if mode == "P":
        image.putpalette(data.draw(st.binary(min_size=768, max_size=768)))

    found = back(image, "figure.png")

    assert (found.mode, found.size, found.tobytes()) == (mode, image.size, image.tobytes())
    if mode == "P":
        assert found.convert("RGB").tobytes() == image.convert("RGB").tobytes()


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text())
things = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner),
        st.tuples(inner),
        st.dictionaries(st.text(), inner),
        st.dictionaries(scalars, inner, max_size=1),
    ),
)


def is_json(thing: Any) -> bool:
    if isinstance(thing, list):
        return all(map(is_json, cast("list[Any]", thing)))
    if isinstance(thing, dict):
        named = cast("dict[Any, Any]", thing)
        return all(isinstance(name, str) and is_json(name) for name in named) and all(
            map(is_json, named.values())
        )
    if isinstance(thing, str):
        return not any("\ud800" <= sign <= "\udfff" for sign in thing)
    return not isinstance(thing, tuple) and (not isinstance(thing, float) or isfinite(thing))


@settings(deadline=None, max_examples=50)
@given(st.lists(things, max_size=3))
def test_lists_and_dicts_come_back_or_are_refused(thing: list[Any]) -> None:
    if is_json(thing):
        assert repr(back(thing, "settings.JSON")) == repr(thing)
    else:
        with pytest.raises(ga.CannotSave):
            back(thing, "settings.JSON")


def two_frames() -> Any:
    sink, frame = BytesIO(), pillow.new("L", (2, 2))
    frame.save(sink, "gif", save_all=True, append_images=[pillow.new("L", (2, 2), 255)])
    return pillow.open(sink)


def with_tensors_elsewhere() -> Any:
    onnx: Any = import_module("onnx")
    elsewhere = onnx.TensorProto(name="w", data_location=onnx.TensorProto.EXTERNAL)
    return onnx.ModelProto(graph=onnx.GraphProto(initializer=[elsewhere]))


def unsaveable() -> list[tuple[object, str, str]]:
    """Objects, names, and what the refusal says."""
    return [
        (pandas.DataFrame({"a": [1]}), "train", "says no format.*end in .parquet"),
        (pandas.DataFrame({"a": [1]}), "train.csv", "pandas.DataFrame.*end in .parquet"),
        (pandas.DataFrame({"a": [1]}), "train.npy", "for a numpy array.*end in .parquet"),
        (pandas.DataFrame({"a": [1, "x"]}), "train.parquet", "Conversion failed for column a"),
        (pandas.DataFrame([[1, 2]], columns=["a", "a"]), "train.parquet", "Duplicate column"),
        (numpy.array([object()]), "a.npy", "Object arrays cannot be saved"),
        (numpy.ma.masked_array([1, 2], mask=[0, 1]), "a.npy", "MaskedArray.*end in .skops"),
        ({"a": numpy.array(["text"])}, "a.safetensors", "Unknown dtype"),
        ({"a": numpy.ones(1), "b": [1]}, "a.safetensors", "for a dict of numpy arrays"),
        ({"a": numpy.ones(1)}, "a.json", "TypeError"),
        ([1], "a.pkl", "says no format.*end in .json"),
        ((1, 2), "a.json", "end in .skops"),
        ([float("nan")], "a.json", "ValueError"),
        (pillow.new("F", (1, 1)), "figure.png", "one of the modes"),
        (two_frames(), "figure.png", "PNG keeps one frame"),
        (with_tensors_elsewhere(), "model.onnx", "tensors in other files"),
        (pandas.Series([1]), "a.parquet", "end in .skops, if skops can save it"),
        (lambda: 1, "model.skops", "AttributeError"),
        (object, "model.skops.gz", "end in .skops"),
        ((each for each in "ab"), "model.skops", "cannot pickle 'generator' object"),
    ]


@pytest.mark.parametrize(("thing", "name", "why"), unsaveable(), ids=lambda it: str(it)[:20])
def test_what_a_format_would_not_give_back_is_refused_and_not_added(
    thing: object, name: str, why: str
) -> None:
    made = Artifact("data", "dataset")

    with pytest.raises(ga.CannotSave, match=why) as refused:
        made.add(thing, name)

    assert (refused.value.code, isinstance(refused.value, ValueError)) == ("CANNOT_SAVE", True)
    assert made.manifest == {}


@pytest.mark.parametrize("suffix", EVERY)
@pytest.mark.parametrize("content", [b"", b"garbage", b"\xff" * 100, b"PK\x03\x04"])
def test_a_broken_file_is_an_error_and_never_an_object(suffix: str, content: bytes) -> None:
    if (suffix, content) == (".onnx", b""):
        # Of no bytes protobuf makes a message without fields.
        assert read(content, "a.onnx") == import_module("onnx").ModelProto()
        return
    with pytest.raises(ga.CannotRead, match=f"'a{suffix}' of data:v0.*open.. and load") as refused:
        read(content, f"a{suffix}")
    assert refused.value.code == "CANNOT_READ"


def test_half_a_file_is_an_error_and_never_an_object() -> None:
    for thing, name in [
        (pandas.DataFrame({"a": range(100)}), "a.parquet"),
        (numpy.arange(100), "a.npy"),
        (pillow.effect_noise((20, 20), 50), "a.png"),
        ({"a": numpy.arange(100)}, "a.safetensors"),
        ([1, 2, 3], "a.json"),
        ([1, 2, 3], "a.skops"),
    ]:
        data = written(thing, name)
        with pytest.raises(ga.CannotRead):
            read(data[: len(data) // 2], name)


def test_an_array_of_a_pickle_is_not_unpickled(tmp_path: Path) -> None:
    sink = BytesIO()
    numpy.save(sink, numpy.array([Path(tmp_path)], dtype=object), allow_pickle=True)

    with pytest.raises(ga.CannotRead, match="allow_pickle=False"):
        read(sink.getvalue(), "a.npy")


@pytest.mark.parametrize(
    ("module", "thing", "name", "package"),
    [
        ("pyarrow.parquet", pandas.DataFrame({"a": [1]}), "a.parquet", "pyarrow"),
        ("pandas", pandas.DataFrame({"a": [1]}), "a.parquet", "pandas"),
        ("PIL.Image", pillow.new("L", (1, 1)), "a.png", "pillow"),
        ("safetensors", {"a": numpy.ones(1)}, "a.safetensors", "safetensors"),
        ("skops.io", [1], "a.skops", "skops"),
    ],
)
def test_what_is_not_installed_is_named(
    module: str, thing: object, name: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = written(thing, name)
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(ga.PackageMissing, match=rf"graph-api\[{package}\].*pip install {package}$"):
        read(data, name)


def test_tensors_of_pytorch_ask_for_it() -> None:
    """It is too large for a test: that tensors come back is not tested here."""
    safetensors: Any = import_module("safetensors.numpy")
    data = safetensors.save({"a": numpy.ones(1)}, {"format": "pt"})

    with pytest.raises(ga.PackageMissing, match=r"graph-api\[torch\]"):
        read(data, "a.safetensors")
    assert read(safetensors.save({"a": numpy.ones(1)}), "a.safetensors") == {"a": [1.0]}


def test_nothing_is_imported_before_there_is_an_object_that_needs_it() -> None:
    program = (
        "import sys, graph_api; made = graph_api.Artifact('data', 'dataset');"
        "made.add([1], 'a.json'); made.add(b'1', 'b.npy'); print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        # Where pandas and pyarrow can be found, unlike in other processes of the tests.
        env=child_environment(PYTHONPATH=""),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )

    assert LIBRARIES & set(done.stdout.split()) == set()
