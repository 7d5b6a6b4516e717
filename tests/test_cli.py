"""The command ``graph-api``."""

import contextlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from graph_api import Artifact, Client
from graph_api.cli import app
from graph_api.settings import child_environment

COMMAND = [sys.executable, "-c", "from graph_api.cli import app; app()"]


class Shell:
    """Runs the command in a folder, against one service and project."""

    def __init__(self, folder: Path, client: Client) -> None:
        self.folder = folder
        self.variables = {"GRAPH_API_URL": client.url, "GRAPH_API_PROJECT": str(client.project)}

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """In this process, which spares a second; what only a new one shows takes `process`."""
        with contextlib.chdir(self.folder):
            done = CliRunner().invoke(app, [*map(str, words)], env=self.variables)
        # What is no exit is a fault of ours, which would be shown with its trace.
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)

    def process(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *map(str, words)],
            cwd=self.folder,
            env=child_environment(**self.variables),
            capture_output=True,
            text=True,
        )

    def json(self, *words: str | Path) -> Any:
        """What it printed, which must be JSON and all that it printed."""
        done = self.run(*words, "--json")
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)


@pytest.fixture
def shell(client: Client, tmp_path: Path) -> Shell:
    return Shell(tmp_path, client)


def test_a_folder_is_logged_fetched_and_verified(shell: Shell) -> None:
    (shell.folder / "data/deep").mkdir(parents=True)
    (shell.folder / "data/a").write_bytes(b"alpha")
    (shell.folder / "data/deep/b").write_bytes(b"beta")

    logged = shell.json(
        *("log", "data", "--name", "greek", "--type", "dataset", "--alias", "best", "--tag", "x"),
        *("--metadata", '{"letters": 2}', "--description", "Two letters"),
        *("--reference", "s3://bucket/omega", "--no-checksum"),
    )
    assert logged.pop("id").startswith("artifact_")
    assert len(logged.pop("digest")) == 64
    assert logged.pop("committedAt").endswith("+00:00")
    assert logged == {
        "project": shell.variables["GRAPH_API_PROJECT"],
        "name": "greek",
        "type": "dataset",
        "version": "v0",
        "state": "COMMITTED",
        "size": 9,
        "fileCount": 3,
        "description": "Two letters",
        "metadata": {"letters": 2},
        "aliases": ["best", "latest"],
        "tags": ["x"],
        "purgeAt": None,
        "expiresAt": None,
        "created": True,
    }

    got = shell.process("get", "greek:best", "--no-references")
    assert got.stdout == "artifacts/greek:v0\n"
    assert shell.process("verify", "greek", "artifacts/greek:v0").stdout == (
        "artifacts/greek:v0 is greek:v0: 3 files verified\n"
    )
    assert (shell.folder / "artifacts/greek:v0/deep/b").read_bytes() == b"beta"
    assert shell.json("get", "greek", "--zip", "greek.zip")["path"] == "greek.zip"

    (shell.folder / "artifacts/greek:v0/extra").touch()
    failed = shell.process("verify", "greek", "artifacts/greek:v0")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr == (
        "graph-api: artifacts/greek:v0 is not greek:v0: 'extra' is not part of it.\n"
    )
    again = ("get", "greek", "artifacts/greek:v0", "--checkout", "--no-references")
    assert shell.process(*again).returncode == 0
    assert shell.json("verify", "greek", "artifacts/greek:v0")["verified"] is True


def test_the_name_of_the_only_file_is_taken(shell: Shell) -> None:
    (shell.folder / "table.csv").write_text("a,b\n")

    assert shell.run("log", "table.csv").stdout == "table.csv:v0\n"
    assert shell.run("log", "table.csv").stdout == "table.csv:v0 (has this content already)\n"
    failed = shell.run("log", "table.csv", "table.csv")
    assert (failed.returncode, failed.stderr) == (
        1,
        "graph-api: The artifact has no name. Say --name NAME.\n",
    )


def test_runs_artifacts_and_lineage_are_listed(shell: Shell, client: Client) -> None:
    (shell.folder / "f").write_text("1")
    with client.start_run("svm", key="nightly", name="train", parameters={"C": 1}) as run:
        pass
    logged = shell.json("log", "f", "--name", "model", "--run", "nightly")

    [listed] = shell.json("runs", "--experiment", "svm")
    assert (listed["key"], listed["name"], listed["status"]) == ("nightly", "train", "COMPLETED")
    assert (listed["parameters"], listed["number"], listed["id"]) == ({"C": 1}, 1, run.id)
    header, row = shell.run("runs").stdout.splitlines()
    assert header.split() == ["number", "name", "experiment", "status", "started", "took"]
    assert row.split()[:4] == ["1", "train", "svm", "COMPLETED"]

    assert [artifact["id"] for artifact in shell.json("artifacts")] == [logged["id"]]
    assert [artifact["name"] for artifact in shell.json("artifacts", "model")] == ["model"]
    assert shell.run("artifacts", "--limit", "1").stdout.splitlines()[1].split()[:5] == [
        *("model:v0", "file", "latest", "1", "1")
    ]

    lineage = shell.json("lineage", "model", "--direction", "upstream")
    assert lineage["complete"] is True
    assert [node["label"] for node in lineage["nodes"]] == ["model:v0", "train"]
    assert lineage["edges"] == [
        {
            "source": run.id,
            "target": logged["id"],
            "kind": "LOGGED_BY",
            "role": None,
            "reused": False,
            "via": None,
        }
    ]
    assert shell.run("lineage", "model:latest").stdout.splitlines() == [
        "■ model:v0  file",
        "├── came from",
        "│   └── ▶ train  run completed",
        "└── led to",
    ]


def test_a_difference_says_what_was_done_otherwise(shell: Shell, client: Client) -> None:
    for number, rate in enumerate((0.1, 0.5)):
        (shell.folder / "f").write_text(str(number))
        with client.start_run(key=f"r{number}", name="train", parameters={"rate": rate}):
            shell.json("log", "f", "--name", "model", "--run", f"r{number}")

    found = shell.json("diff", "model:v0", "model:v1")
    assert found["parameters"] == [
        {"path": "rate", "change": "CHANGED", "before": 0.1, "after": 0.5}
    ]
    assert found["ancestors"] == [
        {"change": "CHANGED", "before": "train", "after": "train", "depth": 1, "begins": True}
    ]
    assert (found["complete"], found["files"]) == (True, [{"change": "CHANGED", "path": "f"}])
    assert shell.run("diff", "model:v0", "model").stdout.splitlines()[:5] == [
        "model:v1 differs from model:v0:",
        "  begins with",
        "    ~ train → train",
        "  parameters",
        "    ~ rate: 0.1 → 0.5",
    ]


def test_an_alias_and_a_stage_tell_where_they_were_and_go_back(
    shell: Shell, client: Client
) -> None:
    for number in range(2):
        made = Artifact("svm", "model")
        made.add(bytes([number]), "a")
        logged = client.log_artifact(made, ["best"])
        client.register_model("digits", logged, stage="PRODUCTION")

    assert shell.run("rollback", "svm:best").stdout == "svm:best is svm:v0 now\n"
    assert [line.split()[0] for line in shell.run("history", "svm:best").stdout.splitlines()] == [
        "version",
        "svm:v0",
        "svm:v1",
        "svm:v0",
    ]
    told = shell.json("history", "digits", "--stage", "PRODUCTION")
    assert [(period["index"], period["endedAt"]) for period in told] == [(0, None), (1, None)]
    said = shell.run("rollback", "digits", "--stage", "PRODUCTION").stdout
    assert said == "digits PRODUCTION is svm:v0 now\n"
    assert client.model("digits").version(stage="PRODUCTION").index == 0

    refused = shell.run("rollback", "svm")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "'svm' names no alias. Write name:alias, or a model's name" in refused.stderr


def test_versions_are_deleted_and_restored(shell: Shell, client: Client) -> None:
    # Content that no other test has: 17 bytes, and 99 of the manifest.
    (shell.folder / "f").write_text(str(client.project))
    for name in ("old", "new"):
        shell.run("log", "f", "--name", name, "--alias", "best")

    refused = shell.run("delete", "old", "new")

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.endswith(
        " The plan is delete_plan() or --plan; force=True or --force deletes it all the same.\n"
    )
    said = shell.run("delete", "old", "--plan").stdout.splitlines()
    # The other has the same bytes.
    assert said == [
        "old:v0: 17 B of files; 0 B go from the store; needed by 1:",
        "  ALIAS old:v0 (best)",
    ]
    assert [version.state for version in client.artifacts()] == ["COMMITTED", "COMMITTED"]

    done = shell.json("delete", "old:best", "new", "--force")
    assert [version.state for version in client.artifacts(deleted=True)] == ["DELETED", "DELETED"]
    deleted = [client.artifact("old:v0").record, client.artifact("new:v0").record]
    assert {artifact["id"]: artifact["purgeAt"] for artifact in done.pop("artifacts")} == {
        record.id: record.purge_at and record.purge_at.isoformat() for record in deleted
    }
    assert [(each["reason"], each["label"]) for each in done.pop("blockers")] == [
        ("ALIAS", "old:v0"),
        ("ALIAS", "new:v0"),
    ]
    assert done == {"blockerCount": 2, "bytes": 34, "freedBytes": 116}

    assert shell.run("restore", "old:v0", "new:v0").stdout == "old:v0\nnew:v0\n"
    [restored] = shell.json("restore", "old:best")
    assert (restored["id"], restored["purgeAt"]) == (deleted[0].id, None)
    assert shell.run("delete", "new").returncode == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["get", "nothing:v0"], "has no artifact 'nothing:v0'."),
        (["get", ":"], "':' is no reference to an artifact. Write name:version"),
        (["log", "absent", "--name", "a"], "There is no file 'absent'."),
        (["log", ".", "--name", "a/b"], "collection name 'a/b' contains '/'"),
        (["log", ".", "--name", "a", "--metadata", "{"], "--metadata is no JSON object:"),
        (["log", ".", "--name", "a", "--metadata", "[]"], "it is a list, not a dict."),
        (["artifacts", "nothing"], "nothing"),
    ],
)
def test_a_failure_is_a_sentence_on_stderr(
    shell: Shell, client: Client, words: list[str], sentence: str
) -> None:
    (shell.folder / "file").write_text("1")
    client.execute(
        "mutation ($name: String!) "
        "{ createProject(input: {name: $name}) { ... on Error { message } } }",
        {"name": client.project},
    )

    failed = shell.run(*words)

    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.startswith("graph-api: ")
    assert failed.stderr.count("\n") == 1
    assert sentence in failed.stderr


def test_a_service_that_is_not_there_is_a_sentence_too(shell: Shell) -> None:
    failed = shell.process("runs", "--url", "http://127.0.0.1:9")

    assert failed.returncode == 1
    assert failed.stderr.startswith("graph-api: Cannot reach http://127.0.0.1:9: ")
    assert "Is `graph-api serve` running there?" in failed.stderr


def test_no_project_is_a_sentence_too(shell: Shell) -> None:
    shell.variables["GRAPH_API_PROJECT"] = ""

    assert shell.run("runs").stderr == (
        "graph-api: No project is named. Name one: Client(…, project='name'), --project NAME, "
        "or set GRAPH_API_PROJECT.\n"
    )


def test_a_word_that_is_no_command_is_a_usage_error(shell: Shell) -> None:
    assert shell.run("fetch").returncode == 2
    assert shell.run("verify", "only-one").returncode == 2


def test_help_names_every_command(shell: Shell) -> None:
    said = shell.run("--help").stdout

    for command in (
        "serve",
        "demo",
        "log",
        "get",
        "verify",
        "lineage",
        "diff",
        "runs",
        "artifacts",
        "search",
        "delete",
        "restore",
    ):
        assert f"│ {command} " in said
        helped = CliRunner().invoke(app, [command, "--help"])
        assert helped.exit_code == 0
        assert ("--json" in helped.stdout) is (command not in ("serve", "demo"))


@pytest.mark.parametrize(
    ("package", "command", "extra"),
    [
        ("pydantic_settings", "serve", "'.[server]'"),
        ("skops", "demo", "'.[server,examples]'"),
    ],
)
def test_what_is_not_installed_is_named_with_the_command_that_does(
    tmp_path: Path, package: str, command: str, extra: str
) -> None:
    program = f"import sys; sys.modules[{package!r}] = None; {COMMAND[-1]}"
    failed = subprocess.run(
        [sys.executable, "-c", program, command], cwd=tmp_path, capture_output=True, text=True
    )

    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.endswith(f"run: pip install {extra}\n")
    assert package in failed.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_was_logged_offline_is_sent_by_sync(shell: Shell, client: Client) -> None:
    (shell.folder / "data").write_bytes(b"alpha")
    shell.variables["GRAPH_API_CLIENT_OFFLINE"] = "runs"
    logged = shell.run("log", "data", "--alias", "v1")
    assert (logged.returncode, logged.stdout.startswith("data:?offline_")) == (0, True)
    (bundle,) = (shell.folder / "runs").iterdir()

    refused = shell.run("sync")
    assert refused.returncode == 1
    assert refused.stdout.startswith(
        f"runs/{bundle.name}: 0 operations sent; stopped at operation 1 (logArtifact): "
    )
    assert refused.stderr == "graph-api: 1 of 1 bundles could not be sent whole.\n"
    left = shell.run("sync", f"runs/{bundle.name}", "--skip", "1")
    assert (left.returncode, left.stderr) == (0, "")

    assert shell.run("log", "data").returncode == 0
    (_, sent) = shell.json("sync", "--remove")
    assert (sent["operations"], sent["error"], sent["at"]) == (1, None, None)
    assert list((shell.folder / "runs").iterdir()) == []
    assert client.artifact("data:v0").load("data").read() == b"alpha"
    del shell.variables["GRAPH_API_CLIENT_OFFLINE"]
    nowhere = shell.run("sync")
    assert (nowhere.returncode, nowhere.stderr) == (
        1,
        "graph-api: No folder is named. Name one: graph-api sync FOLDER, or "
        "GRAPH_API_CLIENT_OFFLINE.\n",
    )
