"""Bundles on the disk: what is there after a kill, and what is seen of any damage."""

import json
import subprocess
import sys
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graph_api as ga
from graph_api.client.offline.bundle import bundles, operations
from graph_api.client.offline.errors import BundleDamaged, NoBundle
from graph_api.client.offline.lines import Lines, read
from tests.client.drafts import draft

BODIES = st.lists(
    st.dictionaries(st.text(), st.integers() | st.text() | st.none(), min_size=1), max_size=6
)
TELLS = """
import sys
import graph_api as ga
run = ga.Client(project="p", offline=sys.argv[1]).start_run()
for step in range(10**6):
    run.log_metric("loss", step)
    print(step, flush=True)
"""
FORKS = """
import os, sys
import graph_api as ga
run = ga.Client(project="p", offline=sys.argv[1]).start_run()
child = os.fork()
if child == 0:
    try:
        run.log_metric("loss", 1)
    except ga.BadArgument as error:
        print(error, flush=True)
    os._exit(0)
os.waitpid(child, 0)
run.complete()
"""
FULL = """
import resource, signal, sys
from pathlib import Path
import graph_api as ga
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
run = ga.Client(project="p", offline=sys.argv[1]).start_run()
run.log_metric("loss", 0)
(file,) = Path(sys.argv[1]).glob("*/operations.jsonl")
resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + 50, most))
for say in (lambda: run.log_metric("loss", 1), run.complete):
    try:
        say()
    except OSError as error:
        print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
run.log_metric("loss", 2)
run.complete()
"""


def written(file: Path, bodies: list[dict[str, Any]]) -> bytes:
    lines = Lines(file)
    for body in bodies:
        lines.append(body)
    return file.read_bytes()


@settings(max_examples=30, deadline=None)
@given(BODIES, st.data())
def test_a_file_that_was_cut_anywhere_has_its_whole_lines_and_goes_on_behind_them(
    bodies: list[dict[str, Any]], data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder, "lines")
        whole = written(file, bodies)
        cut = data.draw(st.integers(0, len(whole)))
        file.write_bytes(whole[:cut])

        left = bodies[: whole[:cut].count(b"\n")]
        assert list(read(file)) == left
        Lines(file).append({"more": 1})
        assert list(read(file)) == [*left, {"more": 1}]


@settings(max_examples=30, deadline=None)
@given(BODIES.filter(bool), st.data())
def test_a_file_of_which_a_byte_was_changed_or_a_line_lost_is_damaged(
    bodies: list[dict[str, Any]], data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder, "lines")
        whole = written(file, bodies)
        if len(bodies) > 1 and data.draw(st.booleans()):
            lines = whole.splitlines(keepends=True)
            del lines[data.draw(st.integers(0, len(lines) - 2))]
            file.write_bytes(b"".join(lines))
        else:
            # Without its last line feed the last line is one that was never finished.
            place = data.draw(st.integers(0, len(whole) - 2))
            other = data.draw(st.integers(1, 255)) ^ whole[place]
            file.write_bytes(whole[:place] + bytes([other]) + whole[place + 1 :])

        with pytest.raises(BundleDamaged, match=r"is not what was written from line [1-6] on"):
            list(read(file))


def test_the_format_is_the_one_that_is_documented(tmp_path: Path) -> None:
    with ga.Client(project="p", offline=tmp_path) as client, client.start_run(key="k") as run:
        run.log_artifact(draft("data", {"a": b"1"}), tags=["t"])
    (bundle,) = tmp_path.iterdir()

    lines = (bundle / "operations.jsonl").read_bytes().splitlines()
    head, start, log, finish = map(json.loads, lines)
    one = sha256(b"1").hexdigest()
    assert sorted(it.name for it in bundle.iterdir()) == ["contents", "lock", "operations.jsonl"]
    assert (bundle / "contents" / one[:2] / one).read_bytes() == b"1"
    assert (head["format"], head["bundle"]) == (1, bundle.name)
    assert [it["verb"] for it in (start, log, finish)] == ["startRun", "logArtifact", "finishRun"]
    assert [it["n"] for it in (start, log, finish)] == [1, 2, 3]
    assert head["at"] <= start["at"] <= log["at"] <= finish["at"]
    assert start["input"]["key"] == start["input"]["name"] == "k"
    assert (log["input"]["run"], log["input"]["tags"]) == (start["makes"], ["t"])
    assert [(it["path"], it["sha256"]) for it in log["input"]["files"]] == [("a", one)]
    assert finish["input"] == {"run": start["makes"], "status": "COMPLETED", "reason": None}
    for before, line in pairwise([b"", *lines]):
        bare, _, check = line.rpartition(b',"check":"')
        chained = json.loads(before)["check"].encode() if before else b""
        assert sha256(chained + bare + b"}").hexdigest() == check.decode().removesuffix('"}')


def test_what_a_call_said_before_a_kill_is_there(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", TELLS, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    with process.stdout as told:
        for line in told:
            if line == "30\n":
                process.kill()
                break
        acknowledged = 31 + len(told.read().splitlines())
    process.wait()

    (bundle,) = bundles(tmp_path)
    values = [
        it.input["points"][0]["value"] for it in operations(bundle) if it.verb == "logMetrics"
    ]
    assert len(values) - acknowledged in (0, 1)
    assert values == [*range(len(values))]


def test_two_processes_write_into_one_folder_at_the_same_time(tmp_path: Path) -> None:
    program = TELLS.replace("10**6", "20")
    processes = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.DEVNULL)
        for _ in range(2)
    ]
    assert [process.wait() for process in processes] == [0, 0]

    found = bundles(tmp_path)
    assert [len(list(operations(bundle))) for bundle in found] == [21, 21]


def test_what_is_no_json_is_refused_and_nothing_of_it_is_written(tmp_path: Path) -> None:
    with ga.Client(project="p", offline=tmp_path) as client, client.start_run() as run:
        with pytest.raises(ga.BadArgument, match=r"^What was said is not JSON: "):
            run.log_metric("loss", object())
        run.log_metric("loss", 1)

    (bundle,) = bundles(tmp_path)
    verbs = [it.verb for it in operations(bundle)]
    assert verbs == ["startRun", "logMetrics", "finishRun"]


def test_what_does_not_fit_on_the_disk_is_an_error_and_what_follows_is_there(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == 2 * "[Errno 27] File too large\n"

    (bundle,) = bundles(tmp_path)
    said = [(it.verb, it.input.get("points", [{}])[0].get("value")) for it in operations(bundle)]
    assert said == [
        ("startRun", None),
        ("logMetrics", 0),
        ("logMetrics", 2),
        ("finishRun", None),
    ]


def test_a_child_that_was_forked_is_told_that_the_run_is_not_its_own(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKS, str(tmp_path)], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "belongs to the process that began it" in done.stdout

    (bundle,) = bundles(tmp_path)
    assert [it.verb for it in operations(bundle)] == ["startRun", "finishRun"]


def test_a_run_ends_once_offline_too(tmp_path: Path) -> None:
    with ga.Client(project="p", offline=tmp_path) as client:
        run = client.start_run()
        run.complete().complete()
        with pytest.raises(ga.Refused, match="is COMPLETED already") as refused:
            run.fail("late")
    (bundle,) = bundles(tmp_path)
    assert (refused.value.code, run.status) == ("RUN_ENDED", "COMPLETED")
    start, finish = operations(bundle)
    assert (start.verb, finish.verb) == ("startRun", "finishRun")
    assert (run.record.started_at, run.record.ended_at) == (start.at, finish.at)


def test_a_format_of_a_later_client_is_named(tmp_path: Path) -> None:
    written(tmp_path / "operations.jsonl", [{"format": 2}])

    with pytest.raises(NoBundle, match="has the format 2; this client knows 1"):
        list(operations(tmp_path))


def test_a_name_means_first_what_the_folder_has_logged_last(tmp_path: Path) -> None:
    with ga.Client(project="p", offline=tmp_path) as client:
        old = client.log_artifact(draft("data", {"a": b"old"}), aliases=["best"])
        new = client.log_artifact(draft("data", {"a": b"new"}))
        assert client.artifact("data").id == client.artifact("data:latest").id == new.id
        assert client.artifact("p/data:best").id == client.artifact(old.id).id == old.id
        new.aliases = ["best"]
        new.save()
        assert client.artifact("data:best").load("a").read() == b"new"
        for other in ("data:v0", "letters/data", "other:best"):
            assert client.artifact(other).id not in (old.id, new.id)
        with pytest.raises(ga.NotFound):
            client.artifact(old.id[:-5] + "00000")
