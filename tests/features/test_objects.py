"""Rows B4 and C13: objects in files, and artifacts and entities as bytes and as JSON."""

import json
import pickle
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import graph_api as ga
from graph_api import Artifact, Client
from tests.client.drafts import draft
from tests.client.requests import requested
from tests.features.stores import nothing_of, on_the_folder

arrow: Any = import_module("pyarrow")
numpy: Any = import_module("numpy")
onnx: Any = import_module("onnx.helper")
pandas: Any = import_module("pandas")
parquet: Any = import_module("pyarrow.parquet")
pillow: Any = import_module("PIL.Image")
linear_model: Any = import_module("sklearn.linear_model")


def test_b4_an_object_of_each_kind_comes_back(client: Client) -> None:
    """As another machine would read them: what was downloaded here is not asked."""
    frame = pandas.DataFrame({"read": [1, None], "text": ["a", "ü"]}, index=["x", "y"])
    table = arrow.table({"a": [1, 2]})
    image = pillow.effect_noise((7, 5), 50)
    value = onnx.make_tensor_value_info("x", 1, [1])
    network = onnx.make_model(
        onnx.make_graph([onnx.make_node("Identity", ["x"], ["y"])], "g", [value], [value])
    )
    line = linear_model.LinearRegression().fit([[0.0], [1.0]], [0.0, 2.0])
    made = Artifact("data", "dataset")
    made.add(frame, "deep/train.parquet", metadata={"rows": 2})
    made.add(table, "table.parquet")
    made.add(numpy.arange(6).reshape(2, 3).T, "array.npy")
    made.add(image, "figure.png")
    made.add({"w": numpy.arange(6).reshape(2, 3).T}, "weights.safetensors")
    made.add(network, "network.onnx")
    made.add({"classes": ["a", "b"], "C": 1.5}, "settings.json")
    made.add(line, "line.skops")
    logged = client.log_artifact(made)

    assert list(logged.manifest) == [
        "array.npy",
        "deep/train.parquet",
        "figure.png",
        "line.skops",
        "network.onnx",
        "settings.json",
        "table.parquet",
        "weights.safetensors",
    ]
    assert logged.get_path("deep/train.parquet").metadata == {"rows": 2}
    pandas.testing.assert_frame_equal(logged["deep/train.parquet"], frame)
    assert logged["table.parquet"].equals(table)
    assert logged["array.npy"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert logged["figure.png"].tobytes() == image.tobytes()
    assert logged["weights.safetensors"]["w"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert logged["network.onnx"] == network
    assert logged["settings.json"] == {"classes": ["a", "b"], "C": 1.5}
    assert logged["line.skops"].predict([[1.0]]).tolist() == pytest.approx([2.0])
    assert type(logged.get("line.skops")) is linear_model.LinearRegression


@on_the_folder
def test_b4_there_is_no_object_of_a_draft(client: Client) -> None:
    pending = Artifact("data", "dataset")
    pending.add([1], "a.json")

    for reading in (lambda: pending["a.json"], lambda: pending.get("a.json")):
        with pytest.raises(ga.NotLogged, match="is not logged yet") as refused:
            reading()
        assert refused.value.code == "NOT_COMMITTED"
    assert nothing_of(client)


@on_the_folder
def test_b4_a_file_is_read_by_its_suffix_whoever_wrote_it(client: Client, tmp_path: Path) -> None:
    parquet.write_table(arrow.table({"a": [1]}), tmp_path / "TABLE.PARQUET")
    pandas.DataFrame({"a": [1]}).to_parquet(tmp_path / "frame.parquet")
    made = draft("data", {"notes.txt": b"text", "list.json": b"[1, 2.5, null]\n"})
    made.add_dir(tmp_path)
    logged = client.log_artifact(made)

    assert type(logged["TABLE.PARQUET"]) is arrow.Table
    assert type(logged["frame.parquet"]) is pandas.DataFrame
    assert logged["list.json"] == [1, 2.5, None]
    with pytest.raises(ga.CannotRead, match=r"'notes.txt' of data:v0.*open\(\) and load\(\)"):
        logged["notes.txt"]
    with pytest.raises(ga.UnknownPath, match=r"Did you mean 'frame\.parquet'"):
        logged["frame.parq"]
    with pytest.raises(TypeError, match="not iterable"):
        list(logged)  # pyright: ignore[reportArgumentType]


@on_the_folder
def test_b4_an_object_needs_a_name_that_is_free_and_is_replaced_when_that_is_said(
    client: Client,
) -> None:
    made = draft("data", {"a.json": b"before"})
    with pytest.raises(ga.NameMissing, match="A list has no name"):
        made.add([1])
    with pytest.raises(ga.PathTaken, match="overwrite=True"):
        made.add([1], "a.json")
    with pytest.raises(ga.BadPath, match=r"'\.\.'"):
        made.add([1], "../a.json")
    made.add([2], "a.json", overwrite=True)
    logged = client.log_artifact(made)

    assert logged["a.json"] == [2]
    with pytest.raises(ga.NotADraft):
        logged.add([3], "b.json")


@on_the_folder
def test_b4_what_could_run_code_is_read_only_for_who_trusts_it(client: Client) -> None:
    skops: Any = import_module("skops.io")
    files = {"odd.skops": skops.dumps(draft), "any.pkl": pickle.dumps({"a": 1})}
    logged = client.log_artifact(draft("data", files))

    with pytest.raises(ga.UntrustedTypes, match=r"'odd\.skops' of data:v0") as untrusted:
        logged["odd.skops"]
    assert logged.get("odd.skops", trusted=untrusted.value.types) is draft
    with pytest.raises(ga.PickleRefused, match=r"'any\.pkl' of data:v0"):
        logged["any.pkl"]
    with pytest.warns(ga.PickleRisk, match=r"'any\.pkl' of data:v0"):
        assert logged.get("any.pkl", trust_pickle=True) == {"a": 1}


@pytest.mark.parametrize("key", [None, bytes(range(32))], ids=["plain", "encrypted"])
def test_c13_a_version_as_bytes_is_the_same_version_again(
    client: Client, key: bytes | None
) -> None:
    raw = client.log_artifact(draft("raw", {"a": b"1"}))
    made = draft("data", {"deep/b": b"2", "empty": b""})
    made.add([1], "list.json", metadata={"rows": 1})
    made.add_reference(raw.get_path("a"), "raw")
    made.add_reference("s3://bucket/c", size=7, digest="etag:c")
    made.description, made.metadata = "all of it", {"classes": 10}
    logged = client.log_artifact(made, aliases=["best"])

    data = client.artifact("data").to_bytes(key)
    found = Artifact.from_bytes(data, key)

    assert (found.state, found.aliases, found.description) == ("PENDING", [], "all of it")
    again = client.log_artifact(found)
    assert (again.id, again.digest, again.created) == (logged.id, logged.digest, False)
    assert again.metadata == {"classes": 10}
    assert again["list.json"] == [1]


@on_the_folder
def test_c13_what_is_not_those_bytes_is_an_error_and_makes_nothing(client: Client) -> None:
    key = bytes(range(32))
    data = draft("data", {"a": b"1"}).to_bytes(key)

    for wrong, other in ((data, bytes(32)), (data[:-1], key)):
        with pytest.raises(ga.WrongKey) as refused:
            Artifact.from_bytes(wrong, other)
        assert refused.value.code == "WRONG_KEY"
    with pytest.raises(ga.CannotRead):
        Artifact.from_bytes(pickle.dumps({"name": "data"}))
    assert nothing_of(client)


@on_the_folder
def test_c13_every_entity_is_json_and_the_same_again(client: Client) -> None:
    with client.start_run("svm", parameters={"C": 0.5}) as run:
        made = draft("data", {"a": b"1"})
        made.metadata = {"deep": {"ü": [1.5, None, 1 << 50]}}
        logged = run.log_artifact(made, aliases=["best"])
    client.register_model("digits", logged)
    client.add_snapshot("scans", logged)
    collection = client.collection("data")
    collection.set_read_only()
    collection.set_read_only(False)
    every: list[Any] = [logged, run, client.model("digits"), client.dataset("scans"), collection]

    texts = [json.dumps(entity.to_json()) for entity in every]
    with requested(client) as requests:
        found: list[Any] = [client.from_json(json.loads(text)) for text in texts]
    assert requests == []

    assert list(map(type, found)) == [Artifact, ga.Run, ga.Model, ga.Dataset, ga.Collection]
    for entity, same, text in zip(every, found, texts, strict=True):
        assert (same.id, same.record) == (entity.id, entity.record)
        assert same.to_json() == json.loads(text)
        assert [producer.id for producer in same.producers()] == [
            producer.id for producer in entity.producers()
        ]


@on_the_folder
def test_c13_json_is_what_was_saved_and_what_is_none_makes_no_entity(client: Client) -> None:
    pending = draft("data", {"a": b"1"})
    with pytest.raises(ga.NotLogged):
        pending.to_json()
    pending.metadata = {"deep": {"a": 1}}
    logged = client.log_artifact(pending)
    before = logged.to_json()
    logged.metadata["deep"]["a"] = 2
    logged.description = "not saved"
    client.from_json(before).to_json()["metadata"]["deep"]["a"] = 3

    assert (before["metadata"], logged.to_json()) == ({"deep": {"a": 1}}, before)
    every: list[Any] = [
        {},
        [],
        None,
        {"__typename": "Change"},
        {"__typename": "Run"},
        before | {"size": []},
    ]
    for odd in every:
        with pytest.raises(ga.BadArgument, match=r"nothing that to_json\(\) gave"):
            client.from_json(odd)
